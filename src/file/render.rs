//! Rendering into files.

use std::path::Path;
use std::time::Duration;

use crate::engine::Engine;
use crate::error::Result;
use crate::file::reader::File;
use crate::file::settings::FileSettings;

impl Engine {
    /// Renders `duration` into a WAV file of 32-bit float samples. The file appears when it is
    /// complete: a failure leaves an earlier file in place.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # use std::time::Duration;
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("silence.wav");
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// engine.start()?;
    /// engine.render_to_wav(&path, Duration::from_millis(250))?;
    /// assert_eq!(perbus::File::open(&path)?.frames(), 12_000);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`render`](Self::render), and [`Error::File`](crate::Error::File) when the file cannot be
    /// written.
    pub fn render_to_wav(&self, path: impl AsRef<Path>, duration: Duration) -> Result<()> {
        let format = self.format();
        let frames = (duration.as_secs_f64() * format.sample_rate()).round() as u64;
        let mut file = File::create(path, FileSettings::wav(format))?;
        self.render_blocks(frames, |planar| file.write(planar))?;
        file.finish()
    }
}
