//! A file's bytes at any place.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use crate::file::decoders::fault::{Fault, Result};

#[derive(Debug)]
pub(super) struct Source {
    file: File,
    length: u64,
}

impl Source {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(Self { file, length })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn fill(&self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(bytes, at)
    }

    pub(super) fn array<const N: usize>(&self, at: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(at, &mut bytes)?;
        Ok(bytes)
    }

    /// A part of the file, which is not trusted to be as long as it says.
    pub(super) fn part(&self, at: u64, length: u64) -> Result<Vec<u8>> {
        if at.checked_add(length).is_none_or(|end| end > self.length) {
            return Err(Fault::damaged("it is cut short"));
        }
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(usize::try_from(length).unwrap_or(usize::MAX))?;
        bytes.resize(length as usize, 0);
        self.fill(at, &mut bytes)?;
        Ok(bytes)
    }

    /// As many of the bytes as there are.
    pub(super) fn start_of(&self, at: u64, most: u64) -> Result<Vec<u8>> {
        self.part(at, self.length.saturating_sub(at).min(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_no_memory_holds_is_an_error() {
        let file = tempfile::tempfile().expect("a temporary file");
        let length = u64::MAX / 2;
        let source = Source { file, length };
        for length in [length, 1 << 62, 1 << 50] {
            let part = source.part(0, length);
            assert!(
                matches!(part, Err(Fault::NoMemory(_))),
                "{length}: {part:?}"
            );
        }
    }
}
