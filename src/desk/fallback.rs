//! What calls by number fall back to, and which control they used.

/// What the by-number calls do on a bus without a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fallback {
    /// Use the mixer's global control, which acts on all buses: [`Control::Mixer`].
    #[default]
    Global,
    /// Refuse: [`Error::NotConnected`](crate::Error::NotConnected).
    Deny,
    /// Set the bus's strip, for the next source on it: [`Control::Held`].
    Hold,
}

/// Which control a by-number call used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Control {
    /// The bus's own: that of the tracked connection.
    Connection,
    /// The mixer's global one, because no source is tracked on the bus: it acts on all buses.
    Mixer,
    /// The bus's strip. The next source on the bus gets its values: see [`Fallback::Hold`]. Or a
    /// mixer feeds the bus, and the engine lets nobody set that as long as nothing feeds that mixer:
    /// the connection gets the values as soon as something does.
    Held,
}
