//! A mixer's strips by bus.

use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use once_cell::sync::OnceCell;

use crate::desk::strip::{Strip, WeakStrip};
use crate::sync::lock;

/// Strips lie together in chunks of this many: a walk over the buses touches few pages.
const CHUNK: u32 = 16;

/// Row r holds 2^r chunks, from number 2^r - 1 on, so that these rows have a place for every `u32`.
/// Rows and chunks never move, so that a strip is found without a lock.
const ROWS: usize = (u32::MAX / CHUNK + 1).ilog2() as usize + 1;

type Chunk<C> = Arc<[Strip<C>; CHUNK as usize]>;
type Row<C> = Box<[OnceCell<Chunk<C>>]>;

#[derive(Debug)]
struct Table<C> {
    rows: [OnceCell<Row<C>>; ROWS],
}

// Not derived: that would require a default connection.
impl<C> Default for Table<C> {
    fn default() -> Self {
        Self {
            rows: std::array::from_fn(|_| OnceCell::new()),
        }
    }
}

/// A mixer's strips; one is made when it is first asked for or connected to, and stays.
#[derive(Debug)]
pub(crate) struct Strips<C> {
    table: OnceCell<Box<Table<C>>>,
    /// Held to make a strip, and by callers that need all of them.
    making: Mutex<()>,
    /// Whether solo silences a new strip. Changes with `making` held.
    solo_silences_new: AtomicBool,
}

// Likewise.
impl<C> Default for Strips<C> {
    fn default() -> Self {
        Self {
            table: OnceCell::new(),
            making: Mutex::default(),
            solo_silences_new: AtomicBool::new(false),
        }
    }
}

/// A strip that lives as long as this does.
pub(crate) struct StripRef<C> {
    strips: Arc<[Strip<C>]>,
    column: usize,
}

impl<C> StripRef<C> {
    fn new(chunk: &Chunk<C>, column: usize) -> Self {
        let chunk = Arc::clone(chunk);
        Self {
            strips: chunk,
            column,
        }
    }

    /// A strip that is none of a mixer's input buses.
    pub(crate) fn alone() -> Self {
        let strip = Strip::default();
        strip.set_made();
        Self {
            strips: Arc::new([strip]),
            column: 0,
        }
    }

    pub(crate) fn downgrade(&self) -> WeakStrip<C> {
        WeakStrip {
            strips: Arc::downgrade(&self.strips),
            column: self.column,
        }
    }
}

impl<C> WeakStrip<C> {
    pub(crate) fn upgrade(&self) -> Option<StripRef<C>> {
        Some(StripRef {
            strips: self.strips.upgrade()?,
            column: self.column,
        })
    }
}

// Not derived: that would require the same of the connection.
impl<C> Clone for StripRef<C> {
    fn clone(&self) -> Self {
        Self {
            strips: Arc::clone(&self.strips),
            column: self.column,
        }
    }
}

impl<C> Deref for StripRef<C> {
    type Target = Strip<C>;

    #[inline]
    fn deref(&self) -> &Strip<C> {
        &self.strips[self.column]
    }
}

impl<C: fmt::Debug> fmt::Debug for StripRef<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

/// The row, the chunk's place there, and the strip's in the chunk.
#[inline]
fn place(bus: u32) -> (usize, usize, usize) {
    let number = (bus / CHUNK) as usize + 1;
    let row = number.ilog2() as usize;
    (row, number - (1 << row), (bus % CHUNK) as usize)
}

impl<C> Table<C> {
    #[inline]
    fn chunk(&self, row: usize, place: usize) -> Option<&Chunk<C>> {
        self.rows.get(row)?.get()?[place].get()
    }

    /// With `making` held: the strip's chunk and its place there.
    fn make(&self, bus: u32, silenced_by_solo: bool) -> (&Chunk<C>, usize) {
        let (row, place, column) = place(bus);
        let row = self.rows[row].get_or_init(|| (0..1 << row).map(|_| OnceCell::new()).collect());
        let chunk = row[place].get_or_init(|| Arc::new(std::array::from_fn(|_| Strip::default())));
        let strip = &chunk[column];
        if !strip.is_made() {
            strip.lock().faders.silenced_by_solo = silenced_by_solo;
            strip.set_made();
        }
        (chunk, column)
    }

    fn made(&self) -> impl Iterator<Item = (u32, &Strip<C>)> {
        let chunks = self.rows.iter().enumerate().flat_map(|(row, chunks)| {
            let first = (1 << row) - 1;
            (first..).zip(chunks.get().into_iter().flatten())
        });
        let strips = chunks.flat_map(|(number, chunk)| {
            let first = number * CHUNK;
            (first..).zip(chunk.get().into_iter().flat_map(|chunk| chunk.iter()))
        });
        strips.filter(|(_, strip)| strip.is_made())
    }
}

impl<C> Strips<C> {
    #[inline]
    pub(crate) fn get(&self, bus: u32) -> Option<&Strip<C>> {
        let (row, place, column) = place(bus);
        let strip = &self.table.get()?.chunk(row, place)?[column];
        strip.is_made().then_some(strip)
    }

    pub(crate) fn get_or_create(&self, bus: u32) -> &Strip<C> {
        match self.get(bus) {
            Some(strip) => strip,
            None => self.all().get_or_create(bus),
        }
    }

    /// A strip that is made already.
    pub(crate) fn get_ref(&self, bus: u32) -> Option<StripRef<C>> {
        let (row, place, column) = place(bus);
        let chunk = self.table.get()?.chunk(row, place)?;
        chunk[column]
            .is_made()
            .then(|| StripRef::new(chunk, column))
    }

    pub(crate) fn get_or_create_ref(&self, bus: u32) -> StripRef<C> {
        let all = self.all();
        let (chunk, column) = all.make(bus);
        StripRef::new(chunk, column)
    }

    /// All strips; no more of them are made meanwhile.
    pub(crate) fn all(&self) -> AllStrips<'_, C> {
        AllStrips {
            table: self.table.get_or_init(Box::default),
            solo_silences_new: &self.solo_silences_new,
            _making: lock(&self.making),
        }
    }

    /// Whether solo silences the strips that are made from now on.
    pub(crate) fn set_solo_silences_new(&self, silences: bool) {
        let _making = lock(&self.making);
        self.solo_silences_new.store(silences, Ordering::Relaxed);
    }

    /// The strips that are made, by ascending bus.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Strip<C>)> {
        self.table.get().into_iter().flat_map(|table| table.made())
    }
}

/// See [`Strips::all`].
pub(crate) struct AllStrips<'a, C> {
    table: &'a Table<C>,
    solo_silences_new: &'a AtomicBool,
    _making: MutexGuard<'a, ()>,
}

impl<'a, C> AllStrips<'a, C> {
    fn make(&self, bus: u32) -> (&'a Chunk<C>, usize) {
        let silences = self.solo_silences_new.load(Ordering::Relaxed);
        self.table.make(bus, silences)
    }

    pub(crate) fn get_or_create(&self, bus: u32) -> &'a Strip<C> {
        let (chunk, column) = self.make(bus);
        &chunk[column]
    }

    /// The strips that are made, by ascending bus.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &'a Strip<C>)> {
        self.table.made()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More than a few rows have a place for.
    const BUSES: u32 = 1 << 16;

    #[test]
    fn every_bus_has_a_place_of_its_own() {
        let mut expected = (0, 0, 0);
        for bus in 0..BUSES {
            assert_eq!(place(bus), expected, "bus {bus}");
            expected.2 += 1;
            if expected.2 == CHUNK as usize {
                expected = (expected.0, expected.1 + 1, 0);
            }
            if expected.1 == 1 << expected.0 {
                expected = (expected.0 + 1, 0, 0);
            }
        }
        assert_eq!(place(u32::MAX).0, ROWS - 1);
    }

    #[test]
    fn a_strip_stays_and_all_are_listed_in_order() {
        let strips = Strips::<()>::default();
        assert!(strips.get(0).is_none() && strips.iter().next().is_none());
        for bus in [900, 0, 6, BUSES - 1, 7] {
            let kept = strips.get_or_create_ref(bus);
            assert!(std::ptr::eq(&*kept, strips.get_or_create(bus)));
            assert!(std::ptr::eq(&*kept, strips.get(bus).unwrap()));
        }
        let buses: Vec<u32> = strips.iter().map(|(bus, _)| bus).collect();
        assert_eq!(buses, [0, 6, 7, 900, BUSES - 1]);
        assert!(strips.get(8).is_none() && strips.get(BUSES).is_none());
    }
}
