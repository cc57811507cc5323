//! A bus after its strip: what is recorded is what is heard of it in the mix, and the mix stays as it
//! is.

use std::path::Path;
use std::time::Duration;

use perbus::{
    AutomationPoint, Bus, BusConfig, Curve, Engine, Group, PanLaw, Result, Scene, SendTap,
};

use super::*;

/// Which of the sources sound.
const ALL: [bool; 4] = [true; 4];

struct Stage {
    engine: Engine,
    mixer: Mixer,
    buses: Vec<Bus>,
    group: Group,
    sources: Vec<Source>,
    /// A source that takes the place of others.
    spare: Source,
    mix: Vec<Vec<f32>>,
}

impl Stage {
    fn new(sounding: [bool; 4], spare_sounds: bool) -> Result<Self> {
        let engine = running(2);
        let mixer = engine.main_mixer();
        let mut buses = Vec::new();
        let mut sources = Vec::new();
        for (bus, sounds) in (0..).zip(sounding) {
            let source = noise(&engine, 1 + bus % 2, u64::from(bus) + 5, sounds)?;
            buses.push(mixer.bus(bus)?);
            buses[bus as usize].connect(&source)?;
            sources.push(source);
        }
        let group = engine.create_group("all")?;
        group.add(&buses[1])?;
        Ok(Self {
            spare: noise(&engine, 2, 99, spare_sounds)?,
            engine,
            mixer,
            buses,
            group,
            sources,
            mix: vec![Vec::new(); 2],
        })
    }

    fn play(&mut self, frames: usize) {
        let next = render(&self.engine, frames);
        self.mix
            .iter_mut()
            .zip(next)
            .for_each(|(all, next)| all.extend(next));
    }
}

/// What happens on the stage; bus 1 is the one that is recorded.
fn perform(stage: &mut Stage) -> Result<()> {
    let bus = stage.buses[1].clone();
    let mut state = 7;
    let mut random = || next_random(&mut state);
    stage.play(1_000);
    for step in 0..60 {
        match step % 20 {
            0 => bus.set_volume(1.5 * random())?,
            1 => bus.set_pan(2.0 * random() - 1.0)?,
            2 => drop(bus.fade_to(random(), Duration::from_millis(30), Curve::EqualPower)?),
            3 => bus.set_muted(true)?,
            4 => bus.set_muted(false)?,
            5 => drop(bus.fade_pan_to(random(), Duration::from_millis(20))?),
            6 => stage.buses[0].set_soloed(true)?,
            7 => bus.set_soloed(true)?,
            8 => stage.engine.clear_solo()?,
            9 => stage.group.set_volume(random())?,
            10 => {
                let now = stage.engine.sample_time()?;
                bus.automate_volume(&[
                    AutomationPoint::set(now + 333, random()),
                    AutomationPoint::fade(
                        now + 700,
                        random(),
                        Duration::from_millis(9),
                        Curve::Exponential,
                    ),
                ])?;
                bus.automate_pan(&[AutomationPoint::set(now + 501, random())])?;
            }
            11 => stage.group.set_muted(step % 40 < 20)?,
            12 => stage.mixer.set_pan_law(if step % 40 < 20 {
                PanLaw::ConstantPower
            } else {
                PanLaw::Balance
            })?,
            13 => {
                let mut config = BusConfig::new(1);
                (config.volume, config.pan) = (Some(random()), Some(random()));
                stage.mixer.apply(&Scene::new(vec![config]))?;
            }
            14 => drop(
                stage
                    .group
                    .fade_to(random(), Duration::from_millis(25), Curve::Linear)?,
            ),
            15 => bus.disconnect()?,
            16 => bus.connect(&stage.sources[1])?,
            17 => stage
                .engine
                .set_mixer_volume_for_bus(&stage.mixer, random(), 1)
                .map(drop)?,
            18 => bus.connect(&stage.spare)?,
            _ => {
                stage.engine.batch(|| {
                    bus.set_volume(0.8)?;
                    bus.connect(&stage.sources[1])
                })?;
                stage.group.set_muted(false)?;
            }
        }
        stage.play(1 + (random() * 1_400.0) as usize);
    }
    Ok(())
}

/// The performance's mix, and what was recorded of bus 1, if it was.
fn performed(sounding: [bool; 4], spare: bool, path: Option<&Path>) -> Result<Vec<Vec<f32>>> {
    let mut stage = Stage::new(sounding, spare)?;
    let recorder = path
        .map(|path| stage.buses[1].record(path, &wav(2)))
        .transpose()?;
    perform(&mut stage)?;
    if let Some(recorder) = recorder {
        let recording = recorder.stop()?;
        assert_eq!(recording.frames, stage.mix[0].len() as u64);
        assert_eq!(recording.silence, 0);
    }
    assert!(stage.engine.audit()?.is_empty());
    Ok(stage.mix)
}

#[test]
fn faders_are_heard_as_in_the_mix_which_stays_as_it_is() -> Result<()> {
    let (_folder, path) = folder();
    let mix = performed(ALL, true, Some(&path))?;
    assert_same(&mix, &performed(ALL, true, None)?);
    let alone = performed([false, true, false, false], true, None)?;
    let found = read(&path);
    assert_same(&found, &alone);
    let loudest = found[0].iter().fold(0.0f32, |most, it| most.max(it.abs()));
    assert!(loudest > 0.2, "{loudest}");
    Ok(())
}

/// A strip that has values, masters and points already when the recording begins.
#[test]
fn a_recording_joins_what_is_there() -> Result<()> {
    let start = |sounding, path: Option<&Path>| {
        let mut stage = Stage::new(sounding, true)?;
        let bus = stage.buses[1].clone();
        bus.set_volume(0.3)?;
        bus.set_pan(-0.6)?;
        stage.group.set_volume(0.9)?;
        stage.buses[2].set_soloed(true)?;
        stage.mixer.set_pan_law(PanLaw::ConstantPower)?;
        let second = Duration::from_millis(50);
        bus.automate_volume(&[AutomationPoint::fade(4_000, 1.0, second, Curve::Linear)])?;
        stage.play(2_000);
        stage.buses[2].set_soloed(false)?;
        stage.play(1_000);
        let recorder = path.map(|path| bus.record(path, &wav(2))).transpose()?;
        stage.play(10_000);
        recorder.map(perbus::Recorder::stop).transpose()?;
        Result::Ok(stage.mix)
    };
    let (_folder, path) = folder();
    let mix = start(ALL, Some(&path))?;
    assert_same(&mix, &start(ALL, None)?);
    let alone = start([false, true, false, false], None)?;
    let alone: Vec<_> = alone.iter().map(|it| it[3_000..].to_vec()).collect();
    assert_same(&read(&path), &alone);
    Ok(())
}

/// A recording that begins while the fader moves has the fade from there on.
#[test]
fn a_fade_under_way_goes_on_in_both() -> Result<()> {
    let run = |path: Option<&Path>| {
        let engine = running(2);
        let bus = engine.main_mixer().bus(0)?;
        bus.connect(&noise(&engine, 2, 3, true)?)?;
        let mut mix = render(&engine, 100);
        bus.fade_to(0.1, Duration::from_millis(100), Curve::Linear)?;
        let mut play = |frames| {
            let next = render(&engine, frames);
            mix.iter_mut()
                .zip(next)
                .for_each(|(all, next)| all.extend(next));
        };
        play(1_000);
        let recorder = path.map(|path| bus.record(path, &wav(2))).transpose()?;
        play(6_000);
        recorder.map(perbus::Recorder::stop).transpose()?;
        play(500);
        Result::Ok(mix)
    };
    let (_folder, path) = folder();
    let mix = run(Some(&path))?;
    assert_same(&mix, &run(None)?);
    for (found, mix) in read(&path).iter().zip(&mix) {
        for (found, heard) in found.iter().zip(&mix[1_100..7_100]) {
            assert!((found - heard).abs() < 1e-5, "{found} instead of {heard}");
        }
    }
    Ok(())
}

/// Buses that are fed by a mixer, an effect, a matrix or by what feeds others as well.
#[test]
fn whatever_feeds_a_bus_is_recorded() -> Result<()> {
    let run = |recorded: usize, path: Option<&Path>| {
        let engine = running(2);
        let mixer = engine.main_mixer();
        let buses = (0..5)
            .map(|bus| mixer.bus(bus))
            .collect::<Result<Vec<Bus>>>()?;
        let sounds = |bus: usize| path.is_some() || bus == recorded;
        let inner = engine.create_mixer()?;
        inner.bus(0)?.connect(&noise(&engine, 2, 1, sounds(0))?)?;
        inner.set_output_volume(0.5)?;
        buses[0].connect(&inner)?;
        let equalizer = engine.create_equalizer(1)?;
        engine.connect(&noise(&engine, 2, 2, sounds(1))?, &equalizer, 0, 0)?;
        buses[1].connect(&equalizer)?;
        let source = noise(&engine, 2, 3, sounds(2))?;
        buses[2].connect(&source)?;
        buses[2].send_to(&buses[3], SendTap::PostFader)?;
        if path.is_none() {
            // The source's other bus.
            buses[3].set_muted(true)?;
        }
        let recorder = path
            .map(|path| buses[recorded].record(path, &wav(2)))
            .transpose()?;
        let mut mix = vec![Vec::new(); 2];
        for volume in [0.7, 0.2, 0.9] {
            for bus in &buses {
                bus.set_volume(volume)?;
                bus.set_pan(volume - 0.5)?;
            }
            let next = render(&engine, 2_000);
            mix.iter_mut()
                .zip(next)
                .for_each(|(all, next)| all.extend(next));
        }
        recorder.map(perbus::Recorder::stop).transpose()?;
        assert!(engine.audit()?.is_empty());
        Result::Ok(mix)
    };
    for recorded in 0..3 {
        let (_folder, path) = folder();
        run(recorded, Some(&path))?;
        assert_same(&read(&path), &run(recorded, None)?);
    }
    Ok(())
}

/// Among them the one that the mixer offers next, and one that another recorder has taken.
#[test]
fn buses_that_nothing_feeds_are_recorded() -> Result<()> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |bus: u32| folder.path().join(format!("{bus}.wav"));
    let engine = running(2);
    let mixer = engine.main_mixer();
    let mut recorders = Vec::new();
    for bus in [0, 3, 1, 2] {
        recorders.push(mixer.bus(bus)?.record(path(bus), &wav(2))?);
        assert!(engine.audit()?.is_empty());
    }
    render(&engine, 1_000);
    mixer.bus(1)?.connect(&noise(&engine, 2, 1, true)?)?;
    let heard = render(&engine, 2_000);
    mixer.bus(1)?.disconnect()?;
    render(&engine, 500);
    for recorder in recorders {
        assert_eq!(recorder.stop()?.frames, 3_500);
    }
    assert!(engine.audit()?.is_empty());
    for bus in 0..4 {
        let file = read(&path(bus));
        for (channel, heard) in file.iter().zip(&heard) {
            let expected = |frame: usize| {
                let inside = (1_000..3_000).contains(&frame) && bus == 1;
                if inside {
                    heard[frame - 1_000]
                } else {
                    0.0
                }
            };
            let wrong = (0..3_500).find(|&frame| channel[frame] != expected(frame));
            assert_eq!(wrong, None, "bus {bus}");
        }
    }
    Ok(())
}

/// Two buses and their mixer at once.
#[test]
fn recorders_do_not_disturb_each_other() -> Result<()> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let mut stage = Stage::new(ALL, true)?;
    stage.buses[2].set_muted(true)?;
    stage.buses[3].set_muted(true)?;
    stage.play(2_000);
    stage.mix = vec![Vec::new(); 2];
    let first = stage.buses[0].record(path("first.wav"), &wav(2))?;
    let second = stage.buses[1].record(path("second.wav"), &wav(2))?;
    let both = stage.mixer.record(path("both.wav"), &wav(2))?;
    stage.play(500);
    stage.buses[0].set_volume(0.4)?;
    stage.play(3_500);
    first.stop()?;
    stage.buses[1].set_volume(0.2)?;
    stage.play(4_000);
    second.stop()?;
    both.stop()?;
    assert_same(&read(&path("both.wav")), &stage.mix);
    let (first, second) = (read(&path("first.wav")), read(&path("second.wav")));
    for channel in 0..2 {
        for frame in 0..4_000 {
            let sum = first[channel][frame] + second[channel][frame];
            let mix = stage.mix[channel][frame];
            assert!(
                (sum - mix).abs() < 1e-6,
                "frame {frame}: {sum} instead of {mix}"
            );
        }
    }
    Ok(())
}
