//! Values of many connections at once.

use crate::desk::backend::Backend;
use crate::desk::driver::Driver;
use crate::desk::faders::Sent;
use crate::error::{Error, Result};

impl<B: Backend, T> Driver<B, T> {
    /// Sends connections what differs, to be heard from one block on: all of it, or none when
    /// anything is refused. Their strips must be locked.
    pub(crate) fn apply_many<'a>(
        &self,
        changes: impl Iterator<Item = (&'a B::Connection, Sent, Sent)> + Clone,
    ) -> Result<()>
    where
        B::Connection: 'a,
    {
        let mut settings = Vec::with_capacity(changes.size_hint().1.unwrap_or(0));
        let mut alone = Vec::new();
        for change in changes.clone().filter(|(_, old, new)| old != new) {
            match Self::plain(change) {
                Some(setting) => settings.push(setting),
                // A fade that the change does not concern continues.
                None => alone.push(change),
            }
        }
        if alone.is_empty() {
            match self.backend.apply(&settings) {
                Err(Error::Pending(_)) => (),
                applied => return applied,
            }
        }
        self.backend.batch(|| {
            if let Err(error) = self.backend.apply(&settings) {
                let Error::Pending(_) = error else {
                    return Err(error);
                };
                // All but some: those that have to wait find that out alone.
                alone = changes.clone().filter(|(_, old, new)| old != new).collect();
            }
            for (index, (connection, old, new)) in alone.iter().enumerate() {
                let applied = self.apply(connection, Some(*old), *new);
                if applied.is_err() {
                    // The engine had all of this before.
                    for (connection, old, new) in &alone[..index] {
                        let _ = self.apply(connection, Some(*new), *old);
                    }
                    let changed = changes.filter(|(_, old, new)| old != new);
                    let undone = changed.filter_map(|(it, old, new)| Self::plain((it, new, old)));
                    let _ = self.backend.apply(&undone.collect::<Vec<_>>());
                    return applied;
                }
            }
            Ok(())
        })
    }

    /// The entry of a change to which fades do not matter.
    fn plain((connection, old, new): (&B::Connection, Sent, Sent)) -> Option<B::Setting> {
        let fades = [old.volume_fade, old.pan_fade, new.volume_fade, new.pan_fade];
        B::setting(connection, new.volume, new.pan).filter(|_| fades.iter().all(Option::is_none))
    }
}
