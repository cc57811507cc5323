//! A mixer's strips by bus.

use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use crate::control::by_number::MAX_BUSES;
use crate::desk::strip::Strip;
use crate::sync::lock;

/// Strips lie together in chunks of so many: a walk over the buses stays within few pages.
const CHUNK: u32 = 16;

/// Row r holds 2^r chunks, from number 2^r - 1 on. Rows and chunks never move, so that a strip is
/// found without a lock.
const ROWS: usize = (MAX_BUSES / CHUNK).ilog2() as usize + 1;

type Chunk = Arc<[Strip; CHUNK as usize]>;
type Row = Box<[OnceLock<Chunk>]>;

#[derive(Debug, Default)]
struct Table {
    rows: [OnceLock<Row>; ROWS],
    /// Held to make a strip, and by who needs all of them.
    making: Mutex<()>,
    soloed: Arc<AtomicU32>,
}

/// A mixer's strips; one is made when it is first asked for or connected to, and stays.
#[derive(Debug, Default)]
pub(crate) struct Strips(OnceLock<Box<Table>>);

/// A strip, kept.
#[derive(Clone)]
pub(crate) struct StripRef {
    chunk: Chunk,
    column: usize,
}

impl Deref for StripRef {
    type Target = Strip;

    #[inline]
    fn deref(&self) -> &Strip {
        &self.chunk[self.column]
    }
}

impl fmt::Debug for StripRef {
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

impl Table {
    #[inline]
    fn chunk(&self, row: usize, place: usize) -> Option<&Chunk> {
        self.rows.get(row)?.get()?[place].get()
    }

    /// With `making` held: the strip's chunk and its place there.
    fn make(&self, bus: u32) -> (&Chunk, usize) {
        let (row, place, column) = place(bus);
        let row = self.rows[row].get_or_init(|| (0..1 << row).map(|_| OnceLock::new()).collect());
        let chunk = row[place].get_or_init(|| {
            Arc::new(std::array::from_fn(|_| {
                Strip::new(Arc::clone(&self.soloed))
            }))
        });
        chunk[column].set_made();
        (chunk, column)
    }

    fn made(&self) -> impl Iterator<Item = (u32, &Strip)> {
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

impl Strips {
    #[inline]
    pub(crate) fn get(&self, bus: u32) -> Option<&Strip> {
        let (row, place, column) = place(bus);
        let strip = &self.0.get()?.chunk(row, place)?[column];
        strip.is_made().then_some(strip)
    }

    pub(crate) fn get_or_make(&self, bus: u32) -> &Strip {
        match self.get(bus) {
            Some(strip) => strip,
            None => self.all().get_or_make(bus),
        }
    }

    /// A strip that there is already.
    pub(crate) fn kept(&self, bus: u32) -> Option<StripRef> {
        let (row, place, column) = place(bus);
        let chunk = self.0.get()?.chunk(row, place)?;
        chunk[column].is_made().then(|| StripRef {
            chunk: Arc::clone(chunk),
            column,
        })
    }

    pub(crate) fn keep(&self, bus: u32) -> StripRef {
        let all = self.all();
        let (chunk, column) = all.table.make(bus);
        StripRef {
            chunk: Arc::clone(chunk),
            column,
        }
    }

    /// All strips, of which there will be no more meanwhile.
    pub(crate) fn all(&self) -> AllStrips<'_> {
        let table = self.0.get_or_init(Box::default);
        AllStrips {
            table,
            _making: lock(&table.making),
        }
    }

    /// The strips there are, by ascending bus.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Strip)> {
        self.0.get().into_iter().flat_map(|table| table.made())
    }
}

/// See [`Strips::all`].
pub(crate) struct AllStrips<'a> {
    table: &'a Table,
    _making: MutexGuard<'a, ()>,
}

impl<'a> AllStrips<'a> {
    pub(crate) fn get_or_make(&self, bus: u32) -> &'a Strip {
        let (chunk, column) = self.table.make(bus);
        &chunk[column]
    }

    /// The strips there are, by ascending bus.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &'a Strip)> {
        self.table.made()
    }

    /// How many strips are soloed. Whoever has all strips is the only one to change it.
    pub(crate) fn soloed(&self) -> u32 {
        self.table.soloed.load(Ordering::Relaxed)
    }

    /// With the locks held of the strips that are changed: of all if solo begins or ends.
    pub(crate) fn set_soloed(&self, count: u32) {
        self.table.soloed.store(count, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bus_has_a_place_of_its_own() {
        let mut expected = (0, 0, 0);
        for bus in 0..MAX_BUSES {
            assert_eq!(place(bus), expected, "bus {bus}");
            expected.2 += 1;
            if expected.2 == CHUNK as usize {
                expected = (expected.0, expected.1 + 1, 0);
            }
            if expected.1 == 1 << expected.0 {
                expected = (expected.0 + 1, 0, 0);
            }
        }
        assert!(expected.0 <= ROWS);
    }

    #[test]
    fn a_strip_stays_and_all_are_listed_in_order() {
        let strips = Strips::default();
        assert!(strips.get(0).is_none() && strips.iter().next().is_none());
        for bus in [900, 0, 6, MAX_BUSES - 1, 7] {
            let kept = strips.keep(bus);
            assert!(std::ptr::eq(&*kept, strips.get_or_make(bus)));
            assert!(std::ptr::eq(&*kept, strips.get(bus).unwrap()));
        }
        let buses: Vec<u32> = strips.iter().map(|(bus, _)| bus).collect();
        assert_eq!(buses, [0, 6, 7, 900, MAX_BUSES - 1]);
        assert!(strips.get(8).is_none() && strips.get(MAX_BUSES).is_none());
    }
}
