//! A tmux server of the test's own, with the program in its only window.

use std::path::Path;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// For what takes milliseconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether a program is there. On a machine where everything has to be tested its absence fails.
pub(crate) fn is_installed(program: &str) -> bool {
    // Whatever it says to that, it was there to say it.
    let there = Command::new(program).arg("--version").output().is_ok();
    if !there {
        let reason = format!("{program} is missing (make deps)");
        assert!(std::env::var_os("CI").is_none(), "{reason}");
        println!("skipped: {reason}");
    }
    there
}

pub(crate) struct Tmux {
    folder: TempDir,
}

impl Tmux {
    /// Runs a command of the shell. `None`, with a reason, without tmux.
    pub(crate) fn run(width: u16, height: u16, command: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        Self::run_in(folder, width, height, command, &[])
    }

    /// The same in a folder, with variables of its environment.
    pub(crate) fn run_in(
        folder: TempDir,
        width: u16,
        height: u16,
        command: &str,
        variables: &[(&str, &str)],
    ) -> Option<Self> {
        if !is_installed("tmux") {
            return None;
        }
        // The terminal's settings, before and after.
        let script = format!(
            "cd {folder}; stty -g > before; echo earlier; {command}; \
             echo ended with $?; stty -g > after; cmp before after && echo restored; exec cat",
            folder = folder.path().display(),
        );
        let tmux = Self { folder };
        let mut command = tmux.command();
        command.args(["new-session", "-d"]);
        command.args(["-x", &width.to_string(), "-y", &height.to_string()]);
        for (name, value) in variables {
            command.arg("-e").arg(format!("{name}={value}"));
        }
        succeed(command.arg(script));
        Some(tmux)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("tmux");
        command.env_remove("TMUX").env("LC_ALL", "C.UTF-8");
        command.args(["-u", "-f", "/dev/null", "-S"]);
        command.arg(self.folder.path().join("tmux"));
        command
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Presses keys, by their names in tmux.
    pub(crate) fn press(&self, keys: &[&str]) {
        succeed(self.command().arg("send-keys").args(keys));
    }

    /// Presses the mouse's left button and lets it go: column and row count from 0.
    pub(crate) fn click(&self, column: usize, row: usize) {
        for end in ['M', 'm'] {
            self.send(&format!("\x1b[<0;{};{}{end}", column + 1, row + 1));
        }
    }

    /// Drags the mouse from a row to another one.
    pub(crate) fn drag(&self, column: usize, from: usize, to: usize) {
        let column = column + 1;
        self.send(&format!("\x1b[<0;{column};{}M", from + 1));
        self.send(&format!("\x1b[<32;{column};{}M", to + 1));
        self.send(&format!("\x1b[<0;{column};{}m", to + 1));
    }

    /// Turns the wheel up.
    pub(crate) fn wheel(&self, column: usize, row: usize) {
        self.send(&format!("\x1b[<64;{};{}M", column + 1, row + 1));
    }

    fn send(&self, text: &str) {
        succeed(self.command().args(["send-keys", "-l", text]));
    }

    pub(crate) fn resize(&self, width: u16, height: u16) {
        let (width, height) = (width.to_string(), height.to_string());
        succeed(
            self.command()
                .args(["resize-window", "-x", &width, "-y", &height]),
        );
    }

    /// The program's number.
    pub(crate) fn program(&self) -> String {
        let shell = succeed(self.command().args(["list-panes", "-F", "#{pane_pid}"]));
        let shell = String::from_utf8(shell.stdout).unwrap();
        let children = Command::new("pgrep").args(["-P", shell.trim()]).output();
        String::from_utf8(children.unwrap().stdout)
            .unwrap()
            .trim()
            .to_owned()
    }

    pub(crate) fn screen(&self) -> Screen {
        let shown = succeed(self.command().args(["capture-pane", "-p"]));
        let text = String::from_utf8(shown.stdout).unwrap();
        Screen(text.lines().map(str::to_owned).collect())
    }

    /// The first screen with something on it.
    pub(crate) fn wait(&self, what: &str, is_there: impl Fn(&Screen) -> bool) -> Screen {
        let begin = Instant::now();
        loop {
            let screen = self.screen();
            if is_there(&screen) {
                return screen;
            }
            let seen = screen.0.join("\n");
            assert!(begin.elapsed() < PATIENCE, "no {what} on:\n{seen}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn wait_text(&self, text: &str) -> Screen {
        self.wait(text, |screen| screen.has(text))
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = self.command().arg("kill-server").output();
    }
}

fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

/// The lines of a screen.
pub(crate) struct Screen(pub(crate) Vec<String>);

impl Screen {
    pub(crate) fn has(&self, text: &str) -> bool {
        self.0.iter().any(|line| line.contains(text))
    }

    /// What a strip shows in a row, which counts from its label.
    pub(crate) fn cell(&self, strip: usize, row: usize) -> &str {
        let line = self.0.get(1 + row).map_or("", String::as_str);
        let from = 4 + 10 * strip;
        line.get(from..line.len().min(from + 9))
            .unwrap_or("")
            .trim()
    }

    /// The same in a row from the bottom of the strips: 1 is the note, 2 the buttons, 3 the pan.
    pub(crate) fn low(&self, strip: usize, row: usize) -> &str {
        self.cell(strip, self.0.len() - 4 - row)
    }
}
