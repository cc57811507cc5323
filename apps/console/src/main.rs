//! A mixing console in the terminal:
//!
//! ```text
//! perbus-console drums.wav bass.flac:vol=0.8,pan=-0.3
//! perbus-console --mix song.toml
//! perbus-console --demo --offline
//! ```

mod action;
mod app;
mod args;
mod board;
mod clock;
mod keys;
mod layout;
mod meter;
mod output;
mod recording;
mod scenes;
mod shown;
mod signals;
mod taper;
mod terminal;
mod transport;
mod view;

#[cfg(test)]
#[allow(dead_code)] // What the tests of the whole program need besides.
#[path = "../tests/console/tmux.rs"]
mod tmux;

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser as _;
use crossterm::event::{self, Event, KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use perbus_mix::{decode, Desk, Failure};
use ratatui::layout::Position;

use action::Action;
use app::App;
use args::Args;
use layout::Layout;
use output::Output;
use terminal::Taken;

/// From one picture to the next.
const PICTURE: Duration = Duration::from_millis(33);
/// Decibels of a turn of the mouse's wheel.
const WHEEL: f32 = 1.0;

fn main() -> ExitCode {
    let args = Args::parse();
    let done = if args.list_devices {
        list_devices()
    } else {
        run(&args)
    };
    signals::end();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(line)) => {
            // Nobody may be there to read it.
            let _ = writeln!(io::stderr(), "perbus-console: {line}");
            ExitCode::from(2)
        }
    }
}

fn list_devices() -> Result<(), Failure> {
    let devices = perbus::devices().map_err(|error| Failure::of("devices", error))?;
    let mut table = String::new();
    for device in devices {
        let default = match (device.is_default_output, device.is_default_input) {
            (true, true) => ", default output and input",
            (true, false) => ", default output",
            (false, true) => ", default input",
            (false, false) => "",
        };
        table += &format!(
            "{}\n    {} ({}), {} out, {} in, {} Hz{default}\n",
            device.id,
            device.name,
            device.host,
            device.output_channels,
            device.input_channels,
            device.sample_rate,
        );
    }
    let written = io::stdout().write_all(table.as_bytes());
    written.map_err(|error| Failure::of("standard output", error))
}

fn run(args: &Args) -> Result<(), Failure> {
    terminal::check()?;
    let unheard = args.may_be_unheard() && !Output::opens(args);
    let mut output = Output::new(args, args.offline || unheard)?;
    let rate = output.engine().format().sample_rate() as u32;
    let mut mix = args.mix(rate)?;
    Desk::rehearse(&mix, rate)?;
    // Files are decoded while they play, however short they are.
    decode::decode(&mut mix.stems, rate, 0.0, |_, _| ())?;
    let desk = Desk::new(&mix, output.engine().clone(), false)?;
    let input = output.input(mix.bus_count() as u32)?;
    output.start()?;
    let mut app = App::new(&mix, &desk, input, output, args.loops());
    if unheard {
        app.say(
            "there is no device, and nothing is heard: as with --offline",
            false,
        );
    }
    if let Some(path) = &args.record {
        app.record(path.clone())?;
    }
    if args.play {
        app.act(Action::PlayOrHalt);
    }
    signals::watch().map_err(|error| Failure::of("signals", error))?;
    let mut taken = Taken::take().map_err(|error| Failure::of("the terminal", error))?;
    show(&mut app, &mut taken).map_err(|error| Failure::of("the terminal", error))
}

/// Draws and handles what comes, until the end.
fn show(app: &mut App<'_>, taken: &mut Taken) -> io::Result<()> {
    let mut layout: Option<Layout> = None;
    // The strip in which the mouse's button was pressed.
    let mut grabbed = None;
    while !app.quits && !signals::caught() {
        app.tick();
        if std::mem::take(&mut app.redraws) {
            taken.screen.clear()?;
        }
        let shown = app.shown();
        taken.screen.draw(|frame| {
            let area = frame.area();
            layout = view::draw(&shown, area, frame.buffer_mut());
        })?;
        app.first = layout.as_ref().map_or(app.first, |it| it.first);
        let next = Instant::now() + PICTURE;
        loop {
            let left = next.saturating_duration_since(Instant::now());
            if !event::poll(left)? {
                break;
            }
            match event::read()? {
                Event::Key(key) => press(app, key),
                Event::Mouse(mouse) => {
                    if let Some(layout) = &layout {
                        point(app, layout, &mut grabbed, mouse);
                    }
                }
                Event::Resize(..) => break,
                _ => {}
            }
        }
    }
    Ok(())
}

fn press(app: &mut App<'_>, key: KeyEvent) {
    if let Some(action) = keys::action(&app.mode, key) {
        app.act(action);
    }
}

fn point(app: &mut App<'_>, layout: &Layout, grabbed: &mut Option<usize>, mouse: MouseEvent) {
    let at = Position::new(mouse.column, mouse.row);
    let place = layout.strip_at(at).map(|(place, _)| place);
    let action = match mouse.kind {
        MouseEventKind::Down(_) if app.mode != keys::Mode::Mixing => Some(Action::Dismiss),
        MouseEventKind::Down(MouseButton::Left) => {
            *grabbed = place;
            layout.clicked(at, false)
        }
        MouseEventKind::Drag(MouseButton::Left) if place == *grabbed => layout.clicked(at, true),
        MouseEventKind::Up(_) => {
            *grabbed = None;
            None
        }
        MouseEventKind::ScrollUp => place.map(|place| Action::NudgeAt(place, WHEEL)),
        MouseEventKind::ScrollDown => place.map(|place| Action::NudgeAt(place, -WHEEL)),
        _ => None,
    };
    if let Some(action) = action {
        app.act(action);
    }
}
