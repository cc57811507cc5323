//! Samples on disk, in a file without a name: the system removes it, whatever ends the program.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, Write as _};

/// Frames read at a time.
const BLOCK: u64 = 4096;

/// Stereo blocks.
pub(crate) struct Spool {
    file: BufWriter<File>,
    frames: u64,
}

/// What was written, in blocks of other lengths.
pub(crate) struct Blocks {
    file: BufReader<File>,
    left: u64,
}

impl Spool {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            file: BufWriter::new(tempfile::tempfile()?),
            frames: 0,
        })
    }

    pub(crate) fn write(&mut self, block: &[&[f32]]) -> io::Result<()> {
        for (left, right) in block[0].iter().zip(block[1]) {
            self.file.write_all(&left.to_le_bytes())?;
            self.file.write_all(&right.to_le_bytes())?;
        }
        self.frames += block[0].len() as u64;
        Ok(())
    }

    pub(crate) fn read(self) -> io::Result<Blocks> {
        let mut file = self.file.into_inner().map_err(|error| error.into_error())?;
        file.rewind()?;
        Ok(Blocks {
            file: BufReader::new(file),
            left: self.frames,
        })
    }
}

impl Blocks {
    /// The next block, left and right; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<[Vec<f32>; 2]>> {
        let frames = self.left.min(BLOCK);
        let mut block = [Vec::new(), Vec::new()];
        for _ in 0..frames {
            for plane in &mut block {
                let mut bytes = [0; 4];
                self.file.read_exact(&mut bytes)?;
                plane.push(f32::from_le_bytes(bytes));
            }
        }
        self.left -= frames;
        Ok((frames > 0).then_some(block))
    }
}
