//! The terminal, which is given back as it was, whatever ends the program.

use std::io::{self, IsTerminal as _, Stdout};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossterm::cursor::Show;
use crossterm::event::{DisableMouseCapture, EnableMouseCapture};
use crossterm::execute;
use crossterm::terminal::{
    disable_raw_mode, enable_raw_mode, EnterAlternateScreen, LeaveAlternateScreen,
};
use perbus_mix::Failure;
use ratatui::backend::CrosstermBackend;
use ratatui::Terminal;

pub(crate) type Screen = Terminal<CrosstermBackend<Stdout>>;

static TAKEN: AtomicBool = AtomicBool::new(false);

/// Fails unless there is a terminal to draw on and to read keys from.
pub(crate) fn check() -> Result<(), Failure> {
    for (name, is_terminal) in [
        ("standard input", io::stdin().is_terminal()),
        ("standard output", io::stdout().is_terminal()),
    ] {
        if !is_terminal {
            return Err(Failure::of(name, "it is not a terminal"));
        }
    }
    Ok(())
}

/// Takes the terminal until it is dropped, or the program panics.
pub(crate) struct Taken {
    pub(crate) screen: Screen,
}

impl Taken {
    pub(crate) fn take() -> io::Result<Self> {
        let (earlier, owner) = (panic::take_hook(), thread::current().id());
        panic::set_hook(Box::new(move |info| {
            // Other threads' panics are caught; a message would be written across the screen.
            if thread::current().id() == owner {
                restore();
                earlier(info);
            }
        }));
        TAKEN.store(true, Ordering::SeqCst);
        let taken = enable_raw_mode()
            .and_then(|()| execute!(io::stdout(), EnterAlternateScreen, EnableMouseCapture))
            .and_then(|()| Terminal::new(CrosstermBackend::new(io::stdout())));
        match taken {
            Ok(screen) => Ok(Self { screen }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back; any thread may, and only the first call counts.
pub(crate) fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        // What cannot be written to is gone, and needs nothing.
        let _ = execute!(
            io::stdout(),
            DisableMouseCapture,
            LeaveAlternateScreen,
            Show
        );
        let _ = disable_raw_mode();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tmux::Tmux;

    #[test]
    fn a_panic_gives_it_back() {
        let program = std::env::current_exe().unwrap();
        let command = format!(
            "RUST_BACKTRACE=0 {} --ignored --exact terminal::tests::panics --nocapture",
            program.display()
        );
        let Some(tmux) = Tmux::run(80, 50, &command) else {
            return;
        };
        let screen = tmux.wait_text("restored");
        let seen = screen.0.join("\n");
        assert!(
            screen.has("earlier") && screen.has("a fault of the program's"),
            "{seen}"
        );
        assert!(screen.has("ended with 101"), "{seen}");
    }

    /// For a test in tmux, which runs it alone.
    #[test]
    #[ignore = "it takes the terminal, and panics"]
    fn panics() {
        let _taken = Taken::take().unwrap();
        panic!("a fault of the program's");
    }
}
