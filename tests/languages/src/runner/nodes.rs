//! The runner in Rust: players, equalizers, matrix mixers, pan laws.

use std::sync::Arc;

use perbus::{pan, raw, Band, Buffer, BufferEnd, FilterType, Levels, Schedule};

use crate::runner::words::*;
use crate::values::{bits, sample};
use crate::world::{number, optional, Answer, Failure, World};

fn buffer_end(end: BufferEnd) -> String {
    format!("{end:?}").to_lowercase()
}

#[rustfmt::skip] // A line an operation.
pub(super) fn answer(world: &mut World, name: &str, words: &[&str]) -> Answer {
    match (name, words) {
        ("buffer", [b, rate, channels, frames, seed]) => {
            let seed = number(seed);
            let buffer = Buffer::from_fn(format(rate, channels)?, number(frames), |frame, channel| sample(frame.into(), channel, seed))?;
            world.buffers.insert((*b).to_owned(), buffer);
            Ok(String::new())
        }
        ("schedule", [p, b, at, flags]) => {
            let player = world.player(p)?;
            let buffer = world.buffers.get(*b).ok_or(Failure::Missing)?;
            let flags: u32 = number(flags);
            let schedule = Schedule {
                at: optional::<i64>(at).map(Into::into),
                loops: flags & 1 != 0,
                interrupts: flags & 2 != 0,
                interrupts_at_loop: flags & 4 != 0,
            };
            let (ends, line) = (Arc::clone(&world.ends), world.line);
            player.schedule_with(buffer, schedule, move |end| ends.put(line, end))?;
            world.scheduled += 1;
            Ok(String::new())
        }
        ("play", [p]) => done(world.player(p)?.play()),
        ("play_at", [p, frame]) => done(world.player(p)?.play_at(number::<i64>(frame))),
        ("pause", [p]) => done(world.player(p)?.pause()),
        ("stop", [p]) => done(world.player(p)?.stop()),
        ("stop_after", [p, length]) => done(world.player(p)?.stop_after(milliseconds(length))),
        ("pause_after", [p, length]) => done(world.player(p)?.pause_after(milliseconds(length))),
        ("playing", [p]) => plain(world.player(p)?.is_playing()),
        ("ends", []) => {
            let ends = world.ends.wait(world.scheduled);
            let ends = ends.iter().map(|(line, end)| format!("{line} {}", buffer_end(*end)));
            Ok(ends.collect::<Vec<_>>().join(" "))
        }

        ("bands", [q]) => plain(world.equalizer(q)?.band_count()),
        ("band", [q, index]) => {
            let it = world.equalizer(q)?.band(number(index))?;
            Ok(format!("{} {} {} {} {}", it.filter as i32, bits(it.frequency), bits(it.gain), bits(it.bandwidth), it.bypass))
        }
        ("set_band", [q, index, filter, frequency, gain, bandwidth, bypass]) => {
            let band = Band {
                filter: FilterType::ALL[number::<usize>(filter)],
                frequency: number(frequency),
                gain: number(gain),
                bandwidth: number(bandwidth),
                bypass: on(bypass),
            };
            done(world.equalizer(q)?.set_band(number(index), band))
        }
        ("gain", [q, v]) => done(world.equalizer(q)?.set_global_gain(number(v))),
        ("get_gain", [q]) => value(world.equalizer(q)?.global_gain()),
        ("bypass", [q, flag]) => done(world.equalizer(q)?.set_bypassed(on(flag))),
        ("get_bypass", [q]) => plain(world.equalizer(q)?.is_bypassed()),

        ("dimensions", [x]) => { let (inputs, outputs) = world.matrix(x)?.dimensions()?; Ok(format!("{inputs} {outputs}")) }
        ("crosspoint", [x, i, o, v]) => done(world.matrix(x)?.set_crosspoint(number(i), number(o), number(v))),
        ("get_crosspoint", [x, i, o]) => value(world.matrix(x)?.crosspoint(number(i), number(o))),
        ("input", [x, i, v]) => done(world.matrix(x)?.set_input(number(i), number(v))),
        ("get_input", [x, i]) => value(world.matrix(x)?.input(number(i))),
        ("output_level", [x, o, v]) => done(world.matrix(x)?.set_output(number(o), number(v))),
        ("get_output_level", [x, o]) => value(world.matrix(x)?.output(number(o))),
        ("master", [x, v]) => done(world.matrix(x)?.set_master(number(v))),
        ("get_master", [x]) => value(world.matrix(x)?.master()),
        ("enable_input", [x, bus, flag]) => done(world.matrix(x)?.enable_input(number(bus), on(flag))),
        ("enable_output", [x, bus, flag]) => done(world.matrix(x)?.enable_output(number(bus), on(flag))),
        ("identity", [x]) => done(world.matrix(x)?.set_identity()),
        ("clear", [x]) => done(world.matrix(x)?.clear()),
        ("invert", [x]) => done(world.matrix(x)?.invert()),
        ("levels", [x]) => {
            let levels = raw::to_flat(&world.matrix(x)?.levels()?);
            Ok(levels.into_iter().map(bits).collect::<Vec<_>>().join(" "))
        }
        ("set_levels", [x, rows, columns, values @ ..]) => {
            let (rows, columns): (u32, u32) = (number(rows), number(columns));
            let values: Vec<f32> = values.iter().map(|it| number(it)).collect();
            let levels: Levels = raw::from_flat(rows - 1, columns - 1, &values);
            done(world.matrix(x)?.set_levels(&levels))
        }

        ("pan_laws", [v]) => {
            let (power, linear) = (pan::constant_power(number(v))?, pan::linear(number(v))?);
            Ok(format!("{} {} {} {}", bits(power.0), bits(power.1), bits(linear.0), bits(linear.1)))
        }
        _ => Err(Failure::Other),
    }
}
