//! The runner in Rust: a script's lines as calls of the crate.

use std::fs;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use perbus::{
    pan, raw, AnyNode, Band, Buffer, BufferEnd, BusConfig, Control, Curve, Engine, EngineScene,
    Fade, FadeEnd, Fallback, FilterType, Format, Group, Levels, Meter, PanLaw, Scene, SceneParts,
    Schedule, SendTap,
};

use crate::automation;
use crate::values::{bits, hash, sample};
use crate::world::{number, optional, Answer, End, Failure, World};

/// Runs scripts, and writes what they answer beside them.
pub(crate) fn run_files(files: &[String]) -> Result<(), String> {
    for file in files {
        let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        let mut runner = Runner {
            lines: text.lines().collect(),
            next: 0,
            world: World::default(),
            answers: String::new(),
        };
        while runner.next < runner.lines.len() {
            runner.run();
        }
        let out = format!("{file}.rust");
        fs::write(&out, runner.answers).map_err(|error| format!("{out}: {error}"))?;
    }
    Ok(())
}

struct Runner<'a> {
    lines: Vec<&'a str>,
    next: usize,
    world: World,
    answers: String,
}

impl Runner<'_> {
    /// Runs the next line; a batch runs those that follow it.
    fn run(&mut self) {
        let line = self.lines[self.next];
        self.next += 1;
        let number = self.next;
        let words: Vec<&str> = line.split(' ').collect();
        let answer = match words[0] {
            "batch" => self.batch(&words),
            _ => automation::answer(&mut self.world, words[0], &words[1..])
                .unwrap_or_else(|| answer(&mut self.world, number, words[0], &words[1..])),
        };
        let answer = match answer {
            Ok(answer) if answer.is_empty() => "ok".to_owned(),
            Ok(answer) => format!("ok {answer}"),
            Err(Failure::Missing) => "none".to_owned(),
            Err(Failure::Refused(error)) => format!("err {} {error}", raw::status(&error).0),
        };
        self.answers += &format!("{number} {answer}\n");
    }

    fn batch(&mut self, words: &[&str]) -> Answer {
        let engine = self.world.engine(words[1])?.clone();
        let end = self.next + number::<usize>(words[2]);
        engine.batch(|| {
            while self.next < end {
                self.run();
            }
            Ok(())
        })?;
        Ok(String::new())
    }
}

pub(crate) fn done(result: perbus::Result<()>) -> Answer {
    result.map(|()| String::new()).map_err(Failure::from)
}

fn value(result: perbus::Result<f32>) -> Answer {
    Ok(bits(result?))
}

fn plain<T: ToString>(result: perbus::Result<T>) -> Answer {
    Ok(result?.to_string())
}

fn on(flag: &str) -> bool {
    flag == "1"
}

pub(crate) fn milliseconds(text: &str) -> Duration {
    Duration::from_millis(number(text))
}

fn format(rate: &str, channels: &str) -> perbus::Result<Format> {
    Format::new(number(rate), number(channels))
}

fn shown(format: Format) -> String {
    format!("{} {}", format.sample_rate(), format.channels())
}

pub(crate) fn curve(name: &str) -> Curve {
    match name {
        "linear" => Curve::Linear,
        "equal_power" => Curve::EqualPower,
        _ => Curve::Exponential,
    }
}

fn tap(name: &str) -> SendTap {
    match name {
        "pre" => SendTap::PreFader,
        _ => SendTap::PostFader,
    }
}

fn law(name: &str) -> PanLaw {
    match name {
        "balance" => PanLaw::Balance,
        _ => PanLaw::ConstantPower,
    }
}

fn names(groups: Vec<Group>) -> String {
    let names: Vec<_> = groups.iter().map(Group::name).collect();
    names.join(" ")
}

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

fn metered(meter: perbus::Result<Meter>) -> Answer {
    let meter = meter?;
    let values = [meter.peak, meter.rms].concat();
    let values: Vec<_> = values.into_iter().map(bits).collect();
    Ok(format!("{} {}", values.join(" "), meter.clips))
}

/// Seven words a bus.
fn entries(words: &[&str]) -> Vec<BusConfig> {
    let entries = words.chunks_exact(7).map(|words| BusConfig {
        volume: optional(words[1]),
        pan: optional(words[2]),
        muted: optional::<u8>(words[3]).map(|flag| flag == 1),
        soloed: optional::<u8>(words[4]).map(|flag| flag == 1),
        label: words[5].strip_prefix('=').map(str::to_owned),
        solo_safe: optional::<u8>(words[6]).map(|flag| flag == 1),
        ..BusConfig::new(number(words[0]))
    });
    entries.collect()
}

fn listed(scene: &Scene) -> String {
    let buses = scene.buses().iter().map(|it| {
        let number = |value: Option<f32>| value.map_or("-".into(), bits);
        let flag = |flag: Option<bool>| flag.map_or("-".into(), |it| u8::from(it).to_string());
        let label = it
            .label
            .as_ref()
            .map_or("-".into(), |label| format!("={label}"));
        let (volume, pan) = (number(it.volume), number(it.pan));
        format!(
            "{} {volume} {pan} {} {} {label} {}",
            it.bus,
            flag(it.muted),
            flag(it.soloed),
            flag(it.solo_safe)
        )
    });
    let volume = scene.output_volume().map_or("-".into(), bits);
    buses.chain([volume]).collect::<Vec<_>>().join(" ")
}

fn listed_all(scene: &EngineScene) -> String {
    let mixers = scene
        .mixers()
        .map(|(name, scene)| format!("{name}: {}", listed(scene)));
    mixers.collect::<Vec<_>>().join("; ")
}

/// By the bits of its parts.
fn parts(bits: u32) -> SceneParts {
    const ALL: [SceneParts; 7] = [
        SceneParts::FADERS,
        SceneParts::PANS,
        SceneParts::MUTES,
        SceneParts::SOLOS,
        SceneParts::SOLO_SAFES,
        SceneParts::LABELS,
        SceneParts::OUTPUT_VOLUMES,
    ];
    let chosen = ALL
        .iter()
        .enumerate()
        .filter(|(place, _)| bits & 1 << place != 0);
    chosen.fold(SceneParts::NONE, |parts, (_, part)| parts | *part)
}

/// What runs at a fade's end, and where it puts that.
pub(crate) fn watch() -> (End, impl FnOnce(FadeEnd) + Send) {
    let end = End::default();
    let kept = End::clone(&end);
    (end, move |how| {
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(how)
    })
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
fn answer(world: &mut World, line: usize, name: &str, words: &[&str]) -> Answer {
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

        ("volume", [m, bus, v]) => done(world.bus(m, bus)?.set_volume(number(v))),
        ("volume_db", [m, bus, v]) => done(world.bus(m, bus)?.set_volume_db(number(v))),
        ("get_volume_db", [m, bus]) => Ok(bits(world.bus(m, bus)?.volume_db())),
        ("pan", [m, bus, v]) => done(world.bus(m, bus)?.set_pan(number(v))),
        ("mute", [m, bus, flag]) => done(world.bus(m, bus)?.set_muted(on(flag))),
        ("solo", [m, bus, flag]) => done(world.bus(m, bus)?.set_soloed(on(flag))),
        ("safe", [m, bus, flag]) => done(world.bus(m, bus)?.set_solo_safe(on(flag))),
        ("clear_solo", [e]) => done(world.engine(e)?.clear_solo()),
        ("label", [m, bus, label]) => { world.bus(m, bus)?.set_label(&label[1..]); Ok(String::new()) }
        ("reset", [m, bus]) => done(world.bus(m, bus)?.reset()),
        ("get_volume", [m, bus]) => Ok(bits(world.bus(m, bus)?.volume())),
        ("get_pan", [m, bus]) => Ok(bits(world.bus(m, bus)?.pan())),
        ("get_mute", [m, bus]) => Ok(world.bus(m, bus)?.is_muted().to_string()),
        ("get_solo", [m, bus]) => Ok(world.bus(m, bus)?.is_soloed().to_string()),
        ("get_safe", [m, bus]) => Ok(world.bus(m, bus)?.is_solo_safe().to_string()),
        ("audible", [m, bus]) => Ok(world.bus(m, bus)?.is_audible().to_string()),
        ("get_label", [m, bus]) => Ok(format!("={}", world.bus(m, bus)?.label())),
        ("effective", [m, bus]) => Ok(bits(world.bus(m, bus)?.effective_volume())),
        ("connected", [m, bus]) => Ok(world.bus(m, bus)?.is_connected().to_string()),
        ("meter", [m, bus]) => metered(world.bus(m, bus)?.meter()),

        ("group", [g, e]) => {
            let group = world.engine(e)?.create_group(g)?;
            world.groups.insert((*g).to_owned(), group);
            Ok(String::new())
        }
        ("group_add", [g, m, bus]) => done(world.group(g)?.add(&world.bus(m, bus)?)),
        ("group_remove", [g, m, bus]) => done(world.group(g)?.remove(&world.bus(m, bus)?)),
        ("group_nest", [g, inner]) => done(world.group(g)?.add_group(world.group(inner)?)),
        ("group_unnest", [g, inner]) => done(world.group(g)?.remove_group(world.group(inner)?)),
        ("group_volume", [g, v]) => done(world.group(g)?.set_volume(number(v))),
        ("group_volume_db", [g, v]) => done(world.group(g)?.set_volume_db(number(v))),
        ("group_mute", [g, flag]) => done(world.group(g)?.set_muted(on(flag))),
        ("group_solo", [g, flag]) => done(world.group(g)?.set_soloed(on(flag))),
        ("get_group_volume", [g]) => Ok(bits(world.group(g)?.volume())),
        ("get_group_volume_db", [g]) => Ok(bits(world.group(g)?.volume_db())),
        ("get_group_mute", [g]) => Ok(world.group(g)?.is_muted().to_string()),
        ("get_group_solo", [g]) => Ok(world.group(g)?.is_soloed().to_string()),
        ("group_name", [g]) => Ok(world.group(g)?.name()),
        ("group_meter", [g]) => metered(world.group(g)?.meter()),
        ("group_members", [g]) => Ok(world.buses(world.group(g)?.members())),
        ("inner_groups", [g]) => Ok(names(world.group(g)?.inner_groups())),
        ("outer_groups", [g]) => Ok(names(world.group(g)?.groups())),
        ("all_groups", [e]) => Ok(names(world.engine(e)?.groups())),
        ("remove_group", [e, g]) => done(world.engine(e)?.remove_group(world.group(g)?)),
        ("groups", [m, bus]) => Ok(names(world.bus(m, bus)?.groups())),

        ("send_to", [m, bus, aux, to, tap]) => done(world.bus(m, bus)?.send_to(&world.bus(aux, to)?, self::tap(tap)).map(drop)),
        ("send_next", [m, bus, aux, tap]) => Ok(world.buses([world.bus(m, bus)?.send_to(world.mixer(aux)?, self::tap(tap))?])),
        ("end_send", [m, bus]) => done(world.bus(m, bus)?.end_send()),
        ("send_tap", [m, bus, tap]) => done(world.bus(m, bus)?.set_send_tap(self::tap(tap))),
        ("get_send_tap", [m, bus]) => Ok(match world.bus(m, bus)?.send_tap() {
            Some(SendTap::PreFader) => "pre",
            Some(SendTap::PostFader) => "post",
            None => "nothing",
        }.into()),
        ("send_source", [m, bus]) => Ok(world.buses(world.bus(m, bus)?.send_source())),
        ("sends", [m, bus]) => Ok(world.buses(world.bus(m, bus)?.sends())),

        ("output_volume", [m, v]) => done(world.mixer(m)?.set_output_volume(number(v))),
        ("get_output_volume", [m]) => value(world.mixer(m)?.output_volume()),
        ("output_volume_db", [m, v]) => done(world.mixer(m)?.set_output_volume_db(number(v))),
        ("get_output_volume_db", [m]) => value(world.mixer(m)?.output_volume_db()),
        ("pan_law", [m, law]) => done(world.mixer(m)?.set_pan_law(self::law(law))),
        ("get_pan_law", [m]) => Ok(match world.mixer(m)?.pan_law() {
            PanLaw::ConstantPower => "constant_power",
            _ => "balance",
        }.into()),
        ("reserve", [m, count]) => done(world.mixer(m)?.reserve(number(count))),
        ("next_bus", [m]) => plain(world.mixer(m)?.next_bus()),
        ("mixer_meter", [m]) => metered(world.mixer(m)?.meter()),
        ("configure", [m, words @ ..]) => done(world.mixer(m)?.configure(&entries(words))),
        ("scene", [s, words @ ..]) => { world.scenes.insert((*s).to_owned(), Scene::new(entries(words))); Ok(String::new()) }
        (what @ ("snapshot" | "snapshot_with_solo"), [s, m]) => {
            let mixer = world.mixer(m)?;
            let scene = if what == "snapshot" {
                mixer.snapshot()
            } else {
                mixer.snapshot_with_solo()
            };
            let answer = listed(&scene);
            world.scenes.insert((*s).to_owned(), scene);
            Ok(answer)
        }
        ("fade_to_scene", [m, s, length, curve]) => {
            let scene = world.scenes.get(*s).ok_or(Failure::Missing)?;
            done(world.mixer(m)?.fade_to_scene(scene, milliseconds(length), self::curve(curve)))
        }
        ("scene_only", [to, s, bits]) => {
            let scene = world.scenes.get(*s).ok_or(Failure::Missing)?.only(parts(number(bits)));
            let answer = listed(&scene);
            world.scenes.insert((*to).to_owned(), scene);
            Ok(answer)
        }
        ("scene_buses", [to, s, buses @ ..]) => {
            let buses = buses.iter().map(|bus| number(bus));
            let scene = world.scenes.get(*s).ok_or(Failure::Missing)?.only_buses(buses);
            let answer = listed(&scene);
            world.scenes.insert((*to).to_owned(), scene);
            Ok(answer)
        }
        (what @ ("engine_snapshot" | "engine_snapshot_with_solo"), [s, e]) => {
            let engine = world.engine(e)?;
            let scene = if what == "engine_snapshot" {
                engine.snapshot()
            } else {
                engine.snapshot_with_solo()
            };
            // Scenes of groups are Rust's alone.
            let scene = scene.with_groups([]);
            let answer = listed_all(&scene);
            world.engine_scenes.insert((*s).to_owned(), scene);
            Ok(answer)
        }
        ("engine_apply", [e, s]) => done(world.engine(e)?.apply(world.engine_scene(s)?)),
        ("engine_fade", [e, s, length, curve]) => {
            let (duration, curve) = (milliseconds(length), self::curve(curve));
            done(world.engine(e)?.fade_to_scene(world.engine_scene(s)?, duration, curve))
        }
        ("engine_only", [to, s, bits]) => {
            let scene = world.engine_scene(s)?.only(parts(number(bits)));
            let answer = listed_all(&scene);
            world.engine_scenes.insert((*to).to_owned(), scene);
            Ok(answer)
        }
        ("engine_buses", [to, s, m, bus]) => {
            let scene = world.engine_scene(s)?.only_buses([&world.bus(m, bus)?]);
            let answer = listed_all(&scene);
            world.engine_scenes.insert((*to).to_owned(), scene);
            Ok(answer)
        }
        ("apply", [m, s]) => done(world.mixer(m)?.apply(world.scenes.get(*s).ok_or(Failure::Missing)?)),

        ("fade", [f, m, bus, v, length, curve]) => {
            let (end, ended) = watch();
            let fade = world.bus(m, bus)?.fade_to_with(number(v), milliseconds(length), self::curve(curve), ended)?;
            world.fades.insert((*f).to_owned(), (fade, end));
            Ok(String::new())
        }
        ("group_fade", [f, g, v, length, curve]) => {
            let (end, ended) = watch();
            let fade = world.group(g)?.fade_to_with(number(v), milliseconds(length), self::curve(curve), ended)?;
            world.fades.insert((*f).to_owned(), (fade, end));
            Ok(String::new())
        }
        ("output_fade", [f, m, v, length, curve]) => {
            let (end, ended) = watch();
            let fade = world.mixer(m)?.fade_output_volume_to_with(number(v), milliseconds(length), self::curve(curve), ended)?;
            world.fades.insert((*f).to_owned(), (fade, end));
            Ok(String::new())
        }
        ("fade_pan", [f, m, bus, v, length]) => {
            let (end, ended) = watch();
            let fade = world.bus(m, bus)?.fade_pan_to_with(number(v), milliseconds(length), ended)?;
            world.fades.insert((*f).to_owned(), (fade, end));
            Ok(String::new())
        }
        ("fading", [f]) => Ok(faded(world, f)?.0.is_running().to_string()),
        ("cancel", [f]) => done(faded(world, f)?.0.cancel()),
        ("end", [f]) => {
            let end = *faded(world, f)?.1.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(end.map_or("running".into(), |end| format!("{end:?}").to_lowercase()))
        }

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
                at: optional(at),
                loops: flags & 1 != 0,
                interrupts: flags & 2 != 0,
                interrupts_at_loop: flags & 4 != 0,
            };
            let ends = Arc::clone(&world.ends);
            player.schedule_with(buffer, schedule, move |end| ends.put(line, end))?;
            world.scheduled += 1;
            Ok(String::new())
        }
        ("play", [p]) => done(world.player(p)?.play()),
        ("play_at", [p, frame]) => done(world.player(p)?.play_at(number(frame))),
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
        _ => panic!("line {line}: no such operation: {name} with {} words", words.len()),
    }
}

fn faded<'a>(world: &'a World, name: &str) -> Result<&'a (Fade, End), Failure> {
    world.fades.get(name).ok_or(Failure::Missing)
}

fn buffer_end(end: BufferEnd) -> String {
    format!("{end:?}").to_lowercase()
}
