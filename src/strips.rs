//! A mixer's strips by bus.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use crate::control::MAX_BUSES;
use crate::strip::Strip;
use crate::sync::lock;

/// Row r holds the strips of the 2^r buses from 2^r - 1 on: rows never move, so that a strip is
/// found without a lock.
const ROWS: usize = MAX_BUSES.ilog2() as usize + 1;

type Row = Box<[OnceLock<Arc<Strip>>]>;

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

fn place(bus: u32) -> (usize, usize) {
    let number = bus as usize + 1;
    let row = number.ilog2() as usize;
    (row, number - (1 << row))
}

impl Table {
    #[inline]
    fn get(&self, bus: u32) -> Option<&Arc<Strip>> {
        let (row, column) = place(bus);
        self.rows.get(row)?.get()?[column].get()
    }

    /// With `making` held.
    fn make(&self, bus: u32) -> &Arc<Strip> {
        let (row, column) = place(bus);
        let row = self.rows[row].get_or_init(|| (0..1 << row).map(|_| OnceLock::new()).collect());
        row[column].get_or_init(|| Arc::new(Strip::new(&self.soloed)))
    }
}

impl Strips {
    #[inline]
    pub(crate) fn get(&self, bus: u32) -> Option<&Arc<Strip>> {
        self.0.get()?.get(bus)
    }

    pub(crate) fn get_or_make(&self, bus: u32) -> &Arc<Strip> {
        match self.get(bus) {
            Some(strip) => strip,
            None => self.all().get_or_make(bus),
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
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Arc<Strip>)> {
        self.0.get().into_iter().flat_map(|table| strips_of(table))
    }
}

fn strips_of(table: &Table) -> impl Iterator<Item = (u32, &Arc<Strip>)> {
    let strips = table.rows.iter().enumerate().flat_map(|(row, strips)| {
        let first = (1 << row) - 1;
        (first..).zip(strips.get().into_iter().flatten())
    });
    strips.filter_map(|(bus, strip)| Some((bus, strip.get()?)))
}

/// See [`Strips::all`].
pub(crate) struct AllStrips<'a> {
    table: &'a Table,
    _making: MutexGuard<'a, ()>,
}

impl<'a> AllStrips<'a> {
    pub(crate) fn get_or_make(&self, bus: u32) -> &'a Arc<Strip> {
        self.table.make(bus)
    }

    /// The strips there are, by ascending bus.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &'a Arc<Strip>)> {
        strips_of(self.table)
    }

    /// For a caller that holds the locks of all strips.
    pub(crate) fn set_soloed(&self, count: u32) {
        self.table.soloed.store(count, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bus_has_a_place_of_its_own() {
        let mut expected = (0, 0);
        for bus in 0..MAX_BUSES {
            assert_eq!(place(bus), expected, "bus {bus}");
            expected.1 += 1;
            if expected.1 == 1 << expected.0 {
                expected = (expected.0 + 1, 0);
            }
        }
        assert!(expected.0 <= ROWS);
    }

    #[test]
    fn a_strip_stays_and_all_are_listed_in_order() {
        let strips = Strips::default();
        assert!(strips.get(0).is_none() && strips.iter().next().is_none());
        let made =
            [900, 0, 6, MAX_BUSES - 1, 7].map(|bus| (bus, Arc::clone(strips.get_or_make(bus))));
        for (bus, strip) in &made {
            assert!(Arc::ptr_eq(strip, strips.get_or_make(*bus)));
            assert!(Arc::ptr_eq(strip, strips.get(*bus).unwrap()));
        }
        let buses: Vec<u32> = strips.iter().map(|(bus, _)| bus).collect();
        assert_eq!(buses, [0, 6, 7, 900, MAX_BUSES - 1]);
        assert!(strips.get(8).is_none() && strips.get(MAX_BUSES).is_none());
    }
}
