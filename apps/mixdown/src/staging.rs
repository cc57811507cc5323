//! Files appear under their names when all are complete: until then they are in hidden folders next
//! to their targets, which signals remove, too.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use tempfile::TempDir;

/// The hidden folders, for the thread that waits for signals. Locked while files move to their
/// names, so that a signal finds all or none of them there.
static FOLDERS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn folders() -> MutexGuard<'static, Vec<PathBuf>> {
    FOLDERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on SIGINT, SIGTERM and SIGHUP remove what is unfinished before they end the program.
pub(crate) fn clean_up_on_signals() -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    // A file that exceeds the limit of the process is an error of the write, as a full disk is.
    flag::register(SIGXFSZ, Arc::default())?;
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let folders = folders();
            for folder in folders.iter() {
                // The program may be adding a file right now.
                let removed = |_: &u32| fs::remove_dir_all(folder).is_ok() || !folder.exists();
                let _ = (0..100).find(removed);
            }
            // Does not return: the program ends as if it had not caught the signal.
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
    Ok(())
}

/// Waits for the end if a signal is ending the program: what fails then is no news.
pub(crate) fn let_signals_end() {
    drop(folders());
}

/// The unfinished files.
#[derive(Default)]
pub(crate) struct Stage {
    folders: Vec<(PathBuf, TempDir)>,
    files: Vec<(PathBuf, PathBuf)>,
    names: u32,
}

impl Stage {
    /// Where to write what will be at `target`.
    pub(crate) fn file(&mut self, target: &Path) -> Result<PathBuf, String> {
        // The move at the end would replace a device, too.
        match fs::metadata(target) {
            Ok(found) if found.is_dir() => {
                return Err("it is a directory, not a regular file".to_owned())
            }
            Ok(found) if !found.is_file() => {
                return Err("it is there, and not a regular file".to_owned())
            }
            _ => {}
        }
        // Through links, so that the move replaces what they lead to.
        let target = resolve(target).map_err(|error| error.to_string())?;
        let staged = self.within(folder_of(&target))?;
        self.files.push((staged.clone(), target));
        Ok(staged)
    }

    /// A new folder, which will be at `target` with whatever is written to it.
    pub(crate) fn folder(&mut self, target: &Path) -> Result<PathBuf, String> {
        let target = resolve(target).map_err(|error| error.to_string())?;
        let staged = self.within(folder_of(&target))?;
        fs::create_dir(&staged).map_err(|error| error.to_string())?;
        self.files.push((staged.clone(), target));
        Ok(staged)
    }

    /// A file that is removed at the end.
    pub(crate) fn scratch(&mut self) -> Result<PathBuf, String> {
        self.within(&std::env::temp_dir())
    }

    /// A new name in a hidden folder.
    fn within(&mut self, folder: &Path) -> Result<PathBuf, String> {
        self.names += 1;
        let name = self.names.to_string();
        if let Some((_, hidden)) = self.folders.iter().find(|(of, _)| of == folder) {
            return Ok(hidden.path().join(name));
        }
        let mut known = folders();
        let hidden = tempfile::Builder::new()
            .prefix(".mixdown-")
            .tempdir_in(folder)
            .map_err(reason)?;
        known.push(hidden.path().to_owned());
        let staged = hidden.path().join(name);
        self.folders.push((folder.to_owned(), hidden));
        Ok(staged)
    }

    /// Moves all files to their names.
    pub(crate) fn finish(self) -> Result<(), (PathBuf, io::Error)> {
        let _no_signal = folders();
        for (staged, target) in self.files {
            fs::rename(staged, &target).map_err(|error| (target, error))?;
        }
        Ok(())
    }
}

/// Without the name of the hidden folder, which nobody asked for.
fn reason(error: io::Error) -> String {
    let text = error.to_string();
    text.split(" at path ").next().unwrap_or(&text).to_owned()
}

pub(crate) fn same_file(one: &Path, other: &Path) -> bool {
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
