//! The output files: all appear under their names at the end, or none does.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::args::Args;
use crate::encode::{Encoder, Encoding};
use crate::spool::Spool;
use crate::staging::{same_file, Stage};
use perbus_mix::Failure;
use perbus_mix::{name_of, Mix, Sound};

pub(crate) struct Outputs {
    stage: Stage,
    name: String,
    encoding: Encoding,
    encoder: Encoder,
    /// Where the mix is until it has been copied to standard output.
    copied: Option<PathBuf>,
    /// Holds the mix until its level is known.
    spool: Option<Spool>,
    stems: Option<Stems>,
    plot: Option<(String, PathBuf)>,
}

struct Stems {
    name: String,
    /// One a bus.
    paths: Vec<PathBuf>,
}

impl Outputs {
    /// Checks that all files can be written, and that none replaces an input.
    pub(crate) fn open(args: &Args, mix: &Mix) -> Result<Self, Failure> {
        let mut stage = Stage::default();
        let name = format!("-o {}", args.output.display());
        let (encoding, encoder, copied) =
            open_mix(args, mix, &mut stage).map_err(|reason| Failure::of(&name, reason))?;
        let spool = args.normalize.map(|_| Spool::new()).transpose();
        let spool = spool.map_err(|error| Failure::of("--normalize", error))?;
        let stems = args.stem_folder.as_deref().map(|folder| {
            let name = format!("--stems {}", folder.display());
            let paths = stem_paths(folder, encoding, args, mix, &mut stage)
                .map_err(|reason| Failure::of(&name, reason))?;
            Ok(Stems { name, paths })
        });
        let stems = stems.transpose()?;
        let plot = args.plot.as_deref().map(|path| {
            let name = format!("--plot {}", path.display());
            let path = open_plot(path, args, mix, &mut stage)
                .map_err(|reason| Failure::of(&name, reason))?;
            Ok((name, path))
        });
        Ok(Self {
            name,
            encoding,
            encoder,
            copied,
            spool,
            stems,
            plot: plot.transpose()?,
            stage,
        })
    }

    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Appends a block to the mix.
    pub(crate) fn write(&mut self, block: &[&[f32]]) -> Result<(), Failure> {
        let written = match &mut self.spool {
            Some(spool) => spool.write(block).map_err(|error| error.to_string()),
            None => self.encoder.write(block),
        };
        written.map_err(|reason| Failure::of(&self.name, reason))
    }

    /// Writes what was held back, amplified, and passes it on.
    pub(crate) fn amplify(
        &mut self,
        gain: f32,
        mut each: impl FnMut(&[&[f32]]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Some(spool) = self.spool.take() else {
            return Ok(());
        };
        let failure = |reason: String| Failure::of(&self.name, reason);
        let mut blocks = spool.read().map_err(|error| failure(error.to_string()))?;
        while let Some(mut block) = blocks.next().map_err(|error| failure(error.to_string()))? {
            for plane in &mut block {
                plane.iter_mut().for_each(|sample| *sample *= gain);
            }
            let block = block.each_ref().map(|plane| &plane[..]);
            each(&block)?;
            self.encoder.write(&block).map_err(failure)?;
        }
        Ok(())
    }

    /// The file of a bus, if stems are wanted.
    pub(crate) fn open_stem(&self, args: &Args, bus: usize) -> Result<Option<StemFile>, Failure> {
        let Some(stems) = &self.stems else {
            return Ok(None);
        };
        let name = format!("{}: bus {bus}", stems.name);
        match Encoder::create(&stems.paths[bus], self.encoding, args.rate) {
            Ok(encoder) => Ok(Some(StemFile { name, encoder })),
            Err(reason) => Err(Failure::of(name, reason)),
        }
    }

    /// Fills the plot's file, if a plot is wanted.
    pub(crate) fn draw<E: Display>(
        &mut self,
        drawing: impl FnOnce() -> Result<String, E>,
    ) -> Result<(), Failure> {
        let Some((name, path)) = &self.plot else {
            return Ok(());
        };
        let drawing = drawing().map_err(|error| Failure::of(name, error))?;
        fs::write(path, drawing).map_err(|error| Failure::of(name, error))
    }

    /// Moves all files to their names, after the copy to standard output.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let finished = self.encoder.finish();
        finished.map_err(|reason| Failure::of(&self.name, reason))?;
        if let Some(path) = self.copied {
            copy_to_stdout(&path).map_err(|error| Failure::of(&self.name, error))?;
        }
        self.stage
            .finish()
            .map_err(|(target, error)| Failure::of(target.display(), error))
    }
}

/// A bus's file.
pub(crate) struct StemFile {
    name: String,
    encoder: Encoder,
}

impl StemFile {
    pub(crate) fn write(&mut self, block: &[&[f32]]) -> Result<(), Failure> {
        let written = self.encoder.write(block);
        written.map_err(|reason| Failure::of(&self.name, reason))
    }

    pub(crate) fn finish(self) -> Result<(), Failure> {
        let finished = self.encoder.finish();
        finished.map_err(|reason| Failure::of(&self.name, reason))
    }
}

fn open_mix(
    args: &Args,
    mix: &Mix,
    stage: &mut Stage,
) -> Result<(Encoding, Encoder, Option<PathBuf>), String> {
    if args.to_stdout() {
        let encoding = Encoding::wav(args.bits);
        let path = stage.scratch()?;
        let encoder = Encoder::create(&path, encoding, args.rate)?;
        return Ok((encoding, encoder, Some(path)));
    }
    spare_inputs(&args.output, args, mix)?;
    let path = stage.file(&args.output)?;
    let encoding = Encoding::of(&args.output, args.bits)?;
    let encoder = Encoder::create(&path, encoding, args.rate)?;
    Ok((encoding, encoder, None))
}

fn open_plot(path: &Path, args: &Args, mix: &Mix, stage: &mut Stage) -> Result<PathBuf, String> {
    spare_inputs(path, args, mix)?;
    if same_file(path, &args.output) {
        return Err("this is the mix's file".to_owned());
    }
    let staged = stage.file(path)?;
    File::create(&staged).map_err(|error| error.to_string())?;
    Ok(staged)
}

/// A file for each bus, in a folder that may be there already.
fn stem_paths(
    folder: &Path,
    encoding: Encoding,
    args: &Args,
    mix: &Mix,
    stage: &mut Stage,
) -> Result<Vec<PathBuf>, String> {
    let extension = encoding.extension();
    let names = (0..mix.bus_count()).map(|bus| format!("{}.{extension}", stem_name(mix, bus)));
    if !folder.exists() {
        let staged = stage.folder(folder)?;
        return Ok(names.map(|name| staged.join(name)).collect());
    }
    if !folder.is_dir() {
        return Err("it is not a directory".to_owned());
    }
    let place = |name| {
        let path = folder.join(&name);
        let placed = spare_inputs(&path, args, mix).and_then(|()| {
            if same_file(&path, &args.output) {
                return Err("this is the mix's file".to_owned());
            }
            stage.file(&path)
        });
        placed.map_err(|reason| format!("{name}: {reason}"))
    };
    names.map(place).collect()
}

/// The bus's number and name, as a file's name without its extension.
fn stem_name(mix: &Mix, bus: usize) -> String {
    let name = match mix.stems.get(bus).map(|stem| &stem.sound) {
        Some(Sound::File(path)) if name_of(path) == mix.bus_name(bus) => {
            path.file_stem().map(|stem| stem.to_string_lossy())
        }
        _ => None,
    };
    let name = name.unwrap_or(mix.bus_name(bus).into());
    let name = name.replace(|letter: char| letter == '/' || letter.is_control(), "_");
    let digits = (mix.bus_count() - 1).to_string().len();
    format!("{bus:0digits$}-{name}")
}

fn copy_to_stdout(path: &Path) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut out = io::stdout().lock();
    match io::copy(&mut file, &mut out).and_then(|_| out.flush()) {
        // A reader that closes the pipe has read enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

fn spare_inputs(path: &Path, args: &Args, mix: &Mix) -> Result<(), String> {
    let replaced = mix.stems.iter().find(|stem| match &stem.sound {
        Sound::File(file) => same_file(file, path),
        Sound::Decoded(_) | Sound::Streamed(_) => false,
    });
    if let Some(stem) = replaced {
        return Err(format!("this would replace the stem {}", stem.name));
    }
    match &args.mix_file {
        Some(file) if same_file(file, path) => Err("this would replace the mix's TOML".to_owned()),
        _ => Ok(()),
    }
}
