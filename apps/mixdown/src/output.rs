//! The output files: both appear under their names at the end, or neither does.

use std::fmt::Display;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use perbus::file::{WavEncoding, WavWriter};
use tempfile::NamedTempFile;

use crate::args::Args;
use crate::stems::{Sound, Stem};
use crate::Failure;

pub(crate) struct Outputs {
    mix_name: String,
    mix: WavWriter,
    plot: Option<Plot>,
}

struct Plot {
    name: String,
    path: PathBuf,
    file: NamedTempFile,
}

impl Outputs {
    /// Checks that both files can be written, and that neither replaces a stem.
    pub(crate) fn open(args: &Args, stems: &[Stem]) -> Result<Self, Failure> {
        let mix_name = format!("-o {}", args.output.display());
        spare_stems(&args.output, &mix_name, stems)?;
        let mix = WavWriter::create(&args.output, f64::from(args.rate), 2, WavEncoding::Float32)
            .map_err(|error| Failure::of(&mix_name, error))?;
        let plot = args.plot.as_deref().map(|path| {
            let name = format!("--plot {}", path.display());
            spare_stems(path, &name, stems)?;
            if same_file(path, &args.output) {
                return Err(Failure::of(&name, "this is the mix's file"));
            }
            let file = stage(path).map_err(|error| Failure::of(&name, error))?;
            Ok(Plot {
                name,
                path: path.to_owned(),
                file,
            })
        });
        Ok(Self {
            mix_name,
            mix,
            plot: plot.transpose()?,
        })
    }

    /// Appends a block to the mix.
    pub(crate) fn write(&mut self, block: &[&[f32]]) -> perbus::Result<()> {
        Ok(self.mix.write(block)?)
    }

    pub(crate) fn mix_failure(&self, reason: impl Display) -> Failure {
        Failure::of(&self.mix_name, reason)
    }

    /// Fills the plot's file, if a plot is wanted.
    pub(crate) fn draw<E: Display>(
        &mut self,
        drawing: impl FnOnce() -> Result<String, E>,
    ) -> Result<(), Failure> {
        let Some(plot) = &mut self.plot else {
            return Ok(());
        };
        let drawing = drawing().map_err(|error| Failure::of(&plot.name, error))?;
        plot.file
            .write_all(drawing.as_bytes())
            .map_err(|error| Failure::of(&plot.name, error))
    }

    /// Moves both files to their names.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        self.mix
            .finish()
            .map_err(|error| Failure::of(&self.mix_name, error))?;
        match self.plot {
            Some(Plot { name, path, file }) => file
                .persist(path)
                .map(drop)
                .map_err(|error| Failure::of(name, error.error)),
            None => Ok(()),
        }
    }
}

/// A temporary file in the target's folder, so that it can be moved there in one step.
fn stage(path: &Path) -> io::Result<NamedTempFile> {
    // The move at the end would replace a device, too.
    if path.exists() && !path.is_file() {
        return Err(io::Error::other("it is there, and not a regular file"));
    }
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Temporary files are private by default; a drawing is for everyone the umask allows.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder_of(path))
}

fn spare_stems(path: &Path, name: &str, stems: &[Stem]) -> Result<(), Failure> {
    let replaced = stems.iter().find(|stem| match &stem.sound {
        Sound::File(file) => same_file(file, path),
        Sound::Decoded(_) => false,
    });
    match replaced {
        Some(stem) => Err(Failure::of(
            name,
            format!("this would replace the stem {}", stem.name),
        )),
        None => Ok(()),
    }
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (resolve(one), resolve(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Where a path leads, even before the file exists: links and detours can give one place two names.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path).or_else(|_| {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        Ok(fs::canonicalize(folder_of(path))?.join(name))
    })
}

fn folder_of(path: &Path) -> &Path {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}
