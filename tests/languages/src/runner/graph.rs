//! The runner in Rust: engines, nodes, connections, control by number.

use perbus::{AnyNode, Control, Engine, Fallback};

use crate::runner::words::*;
use crate::values::{bits, hash, sample};
use crate::world::{number, Answer, Failure, World};

fn control(control: Control) -> &'static str {
    match control {
        Control::Connection => "connection",
        Control::Mixer => "mixer",
        Control::Held => "held",
    }
}

fn controlled(result: perbus::Result<(f32, Control)>) -> Answer {
    let (value, used) = result?;
    Ok(format!("{} {}", bits(value), control(used)))
}

fn render(engine: &Engine, frames: usize) -> Answer {
    let mut planar = vec![vec![0.0; frames]; engine.format().channels() as usize];
    let mut slices: Vec<_> = planar.iter_mut().map(Vec::as_mut_slice).collect();
    engine.render(&mut slices)?;
    let mut answer = format!("{:016x}", hash(&planar));
    for channel in planar.iter().filter(|_| frames > 0) {
        for frame in [0, frames / 2, frames - 1] {
            answer += &format!(" {}", bits(channel[frame]));
        }
    }
    Ok(answer)
}

#[rustfmt::skip] // A line an operation.
pub(super) fn answer(world: &mut World, name: &str, words: &[&str]) -> Answer {
    match (name, words) {
        ("engine", [name, rate, channels, longest]) => {
            let engine = Engine::offline(format(rate, channels)?, number(longest))?;
            world.engines.insert((*name).to_owned(), engine);
            Ok(String::new())
        }
        ("format", [e]) => Ok(shown(world.engine(e)?.format())),
        ("prepare", [e]) => done(world.engine(e)?.prepare()),
        ("start", [e]) => done(world.engine(e)?.start()),
        ("pause_engine", [e]) => done(world.engine(e)?.pause()),
        ("stop_engine", [e]) => done(world.engine(e)?.stop()),
        ("reset_engine", [e]) => done(world.engine(e)?.reset()),
        ("running", [e]) => plain(world.engine(e)?.is_running()),
        ("time", [e]) => plain(world.engine(e)?.sample_time()),
        ("threads", [e, count]) => done(world.engine(e)?.set_render_threads(number(count))),
        ("render" | "render_past", [e, frames]) => render(world.engine(e)?, number(frames)),

        ("main", [name, e]) => { let node = world.engine(e)?.main_mixer(); world.keep(name, AnyNode::Mixer(node)) }
        ("output", [name, e]) => { let node = world.engine(e)?.output(); world.keep(name, AnyNode::Output(node)) }
        ("mixer", [name, e]) => { let node = world.engine(e)?.create_mixer()?; world.keep(name, AnyNode::Mixer(node)) }
        ("player", [name, e]) => { let node = world.engine(e)?.create_player()?; world.keep(name, AnyNode::Player(node)) }
        ("player_in", [name, e, rate, channels]) => {
            let node = world.engine(e)?.create_player_with(format(rate, channels)?)?;
            world.keep(name, AnyNode::Player(node))
        }
        ("source", [name, e, rate, channels, seed]) => {
            let seed = number(seed);
            let node = world.engine(e)?.create_source(format(rate, channels)?, move |block| {
                let time = block.sample_time();
                for channel in 0..block.channels() {
                    for (frame, to) in (time..).zip(block.channel_mut(channel)) {
                        *to = sample(frame, channel, seed);
                    }
                }
            })?;
            world.keep(name, AnyNode::Source(node))
        }
        ("equalizer", [name, e, bands]) => {
            let node = world.engine(e)?.create_equalizer(number(bands))?;
            world.keep(name, AnyNode::Equalizer(node))
        }
        ("matrix", [name, e, inputs, outputs]) => {
            let node = world.engine(e)?.create_matrix(number(inputs), number(outputs))?;
            world.keep(name, AnyNode::Matrix(node))
        }

        ("attach", [e, n]) => done(world.engine(e)?.attach(world.node(n)?)),
        ("detach", [e, n]) => done(world.engine(e)?.detach(world.node(n)?)),
        ("connect", [e, n, from, to, bus]) => done(world.engine(e)?.connect(world.node(n)?, world.node(to)?, number(from), number(bus))),
        ("connect_in", [e, n, from, to, bus, rate, channels]) => {
            let (engine, source, to) = (world.engine(e)?, world.node(n)?, world.node(to)?);
            let format = format(rate, channels)?;
            done(engine.connect_with_format(source, to, number(from), number(bus), format))
        }
        ("connect_many", [e, n, from, rate, channels, to @ ..]) => {
            let (engine, source) = (world.engine(e)?, world.node(n)?);
            let to: Result<Vec<_>, Failure> = to.chunks_exact(2).map(|to| Ok((world.mixer(to[0])?, number(to[1])))).collect();
            let to = to?;
            done(engine.connect_many(source, number(from), &to, format(rate, channels)?))
        }
        ("bus_connect", [m, bus, n]) => done(world.bus(m, bus)?.connect(world.node(n)?)),
        ("bus_disconnect", [m, bus]) => done(world.bus(m, bus)?.disconnect()),
        ("connect_next", [m, n]) => Ok(world.buses([world.mixer(m)?.connect_next(world.node(n)?)?])),
        ("buses", [m]) => Ok(world.buses(world.mixer(m)?.buses())),
        ("send", [e, n, from, to, bus]) => done(world.engine(e)?.add_destination(world.node(n)?, world.mixer(to)?, number(from), number(bus))),
        ("unsend", [e, n, from, to, bus]) => done(world.engine(e)?.remove_destination(world.node(n)?, world.mixer(to)?, number(from), number(bus))),
        ("disconnect_input", [e, n, bus]) => done(world.engine(e)?.disconnect_input(world.node(n)?, number(bus))),
        ("disconnect_output", [e, n, bus]) => done(world.engine(e)?.disconnect_output(world.node(n)?, number(bus))),
        ("source_of", [e, n, bus]) => Ok(world.point(world.engine(e)?.source_of(world.node(n)?, number(bus))?)),
        ("inspect", [e, n]) => {
            let info = world.engine(e)?.inspect(world.node(n)?)?;
            let formats: String = info.inputs.iter().chain(&info.outputs).map(|it| format!(" {}", shown(*it))).collect();
            Ok(format!("{} {} {}{formats}", info.attached, info.inputs.len(), info.outputs.len()))
        }
        ("audit", [e]) => {
            let found = world.engine(e)?.audit()?;
            let each = found.iter().map(|it| format!("{}: {}, {}", world.point(Some((it.node, it.bus))), world.point(it.tracked), world.point(it.engine)));
            Ok(each.collect::<Vec<_>>().join("; "))
        }
        ("dot", [e]) => Ok(world.engine(e)?.to_dot().replace('\n', "|")),
        ("table", [m]) => Ok(world.mixer(m)?.to_string().replace('\n', "|")),

        ("fallback", [e, which]) => {
            world.engine(e)?.set_fallback(match *which {
                "global" => Fallback::Global,
                "deny" => Fallback::Deny,
                _ => Fallback::Hold,
            });
            Ok(String::new())
        }
        ("get_fallback", [e]) => Ok(format!("{:?}", world.engine(e)?.fallback()).to_lowercase()),
        ("volume_for", [e, m, bus, v]) => Ok(control(world.engine(e)?.set_mixer_volume_for_bus(world.mixer(m)?, number(v), number(bus))?).into()),
        ("pan_for", [e, m, bus, v]) => Ok(control(world.engine(e)?.set_mixer_pan_for_bus(world.mixer(m)?, number(v), number(bus))?).into()),
        ("get_volume_for", [e, m, bus]) => controlled(world.engine(e)?.mixer_volume_for_bus(world.mixer(m)?, number(bus))),
        ("get_pan_for", [e, m, bus]) => controlled(world.engine(e)?.mixer_pan_for_bus(world.mixer(m)?, number(bus))),
        ("connection_volume", [e, n, m, bus, v]) => done(world.engine(e)?.set_connection_volume(world.node(n)?, world.mixer(m)?, number(bus), number(v))),
        ("connection_pan", [e, n, m, bus, v]) => done(world.engine(e)?.set_connection_pan(world.node(n)?, world.mixer(m)?, number(bus), number(v))),
        ("get_connection_volume", [e, n, m, bus]) => value(world.engine(e)?.connection_volume(world.node(n)?, world.mixer(m)?, number(bus))),
        ("get_connection_pan", [e, n, m, bus]) => value(world.engine(e)?.connection_pan(world.node(n)?, world.mixer(m)?, number(bus))),
        _ => Err(Failure::Other),
    }
}
