//! A mixer's strips by bus.

use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use once_cell::sync::OnceCell;

use crate::desk::strip::Strip;
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
    /// Held to make a strip, and by callers that need all of them.
    making: Mutex<()>,
    soloed: Arc<AtomicU32>,
}

// Not derived: that would require a default connection.
impl<C> Default for Table<C> {
    fn default() -> Self {
        Self {
            rows: std::array::from_fn(|_| OnceCell::new()),
            making: Mutex::default(),
            soloed: Arc::default(),
        }
    }
}

/// A mixer's strips; one is made when it is first asked for or connected to, and stays.
#[derive(Debug)]
pub(crate) struct Strips<C>(OnceCell<Box<Table<C>>>);

impl<C> Default for Strips<C> {
    fn default() -> Self {
        Self(OnceCell::new())
    }
}

/// A strip that lives as long as this does.
pub(crate) struct StripRef<C> {
    chunk: Chunk<C>,
    column: usize,
}

impl<C> StripRef<C> {
    fn new(chunk: &Chunk<C>, column: usize) -> Self {
        Self {
            chunk: Arc::clone(chunk),
            column,
        }
    }
}

impl<C> Clone for StripRef<C> {
    fn clone(&self) -> Self {
        Self::new(&self.chunk, self.column)
    }
}

impl<C> Deref for StripRef<C> {
    type Target = Strip<C>;

    #[inline]
    fn deref(&self) -> &Strip<C> {
        &self.chunk[self.column]
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
    fn make(&self, bus: u32) -> (&Chunk<C>, usize) {
        let (row, place, column) = place(bus);
        let row = self.rows[row].get_or_init(|| (0..1 << row).map(|_| OnceCell::new()).collect());
        let chunk = row[place].get_or_init(|| {
            Arc::new(std::array::from_fn(|_| {
                Strip::new(Arc::clone(&self.soloed))
            }))
        });
        chunk[column].set_made();
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
        let strip = &self.0.get()?.chunk(row, place)?[column];
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
        let chunk = self.0.get()?.chunk(row, place)?;
        chunk[column]
            .is_made()
            .then(|| StripRef::new(chunk, column))
    }

    pub(crate) fn get_or_create_ref(&self, bus: u32) -> StripRef<C> {
        let all = self.all();
        let (chunk, column) = all.table.make(bus);
        StripRef::new(chunk, column)
    }

    /// All strips; no more of them are made meanwhile.
    pub(crate) fn all(&self) -> AllStrips<'_, C> {
        let table = self.0.get_or_init(Box::default);
        AllStrips {
            table,
            _making: lock(&table.making),
        }
    }

    /// The strips that are made, by ascending bus.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Strip<C>)> {
        self.0.get().into_iter().flat_map(|table| table.made())
    }
}

/// See [`Strips::all`].
pub(crate) struct AllStrips<'a, C> {
    table: &'a Table<C>,
    _making: MutexGuard<'a, ()>,
}

impl<'a, C> AllStrips<'a, C> {
    pub(crate) fn get_or_create(&self, bus: u32) -> &'a Strip<C> {
        let (chunk, column) = self.table.make(bus);
        &chunk[column]
    }

    /// The strips that are made, by ascending bus.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &'a Strip<C>)> {
        self.table.made()
    }

    /// How many strips are soloed. Only the holder of all strips changes it.
    pub(crate) fn soloed(&self) -> u32 {
        self.table.soloed.load(Ordering::Relaxed)
    }

    /// The strips that change must be held: all of them if solo begins or ends.
    pub(crate) fn set_soloed(&self, count: u32) {
        self.table.soloed.store(count, Ordering::Relaxed);
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
