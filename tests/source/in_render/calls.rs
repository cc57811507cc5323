//! Every method of a type with a lock, called from a source's closure.

use std::time::Duration;

use perbus::{
    AnyNode, AutomationPoint, Band, Buffer, BusConfig, Curve, Engine, Levels, PanLaw, Result,
    Schedule, SendTap,
};

use super::{refused, Desk};
use crate::common::format;

/// What a closure called, and whether the result was right.
pub(crate) type Answers = Vec<(&'static str, bool)>;

/// `refused` of each call, under its text.
macro_rules! calls {
    ($answers:ident; $($call:expr;)*) => {
        $($answers.push((stringify!($call), refused($call)));)*
    };
}

pub(crate) fn engine_calls(desk: &Desk, answers: &mut Answers) -> Result<()> {
    let Desk {
        engine,
        main,
        player,
        source,
        ..
    } = desk;
    let (mut block, mut blocks) = ([0.0; 8], 0);
    let folder = std::env::temp_dir().join("perbus-in-render.wav");
    calls! { answers;
        Engine::new();
        Engine::offline(format(1), 8);
        Engine::builder().block(64).build();
        perbus::devices();
        engine.create_player();
        engine.create_player_with(format(1));
        engine.create_player_for(&desk.buffer);
        engine.play_once(&desk.buffer, main, 5);
        engine.batch(|| Ok(()));
        engine.begin_batch();
        engine.end_batch();
        engine.create_mixer();
        engine.create_equalizer(1);
        engine.create_matrix(1, 1);
        engine.create_source(format(1), |_| {});
        engine.prepare();
        engine.start();
        engine.pause();
        engine.stop();
        engine.reset();
        engine.set_output_device(None);
        engine.set_input_device(None);
        engine.input();
        engine.set_input(format(1), |_| ());
        engine.device_status();
        engine.render_time();
        engine.on_event(|_, _| ());
        engine.clear_solo();
        engine.create_group("voices");
        engine.apply(&perbus::EngineScene::default());
        engine.fade_to_scene(&perbus::EngineScene::default(), Duration::ZERO, Curve::Linear);
        engine.is_running();
        engine.sample_time();
        engine.render(&mut [&mut block]);
        engine.render_blocks(8, |_| { blocks += 1; Ok(()) });
        engine.render_to_wav(&folder, Duration::from_millis(1));
        main.record(&folder, &perbus::FileSettings::wav(format(1)));
        main.record_at(0, &folder, &perbus::FileSettings::wav(format(1)));
        engine.set_render_threads(2);
        engine.set_meter_taps(true);
        engine.attach(player);
        engine.detach(player);
        engine.connect(player, main, 0, 3);
        engine.connect_with_format(player, main, 0, 3, format(1));
        engine.connect_many(player, 0, &[(main, 3), (main, 4)], format(1));
        engine.add_destination(source, main, 0, 3);
        engine.remove_destination(source, main, 0, 1);
        engine.disconnect_input(main, 0);
        engine.disconnect_output(player, 0);
        engine.source_of(main, 0);
        engine.destinations_of(player, 0);
        engine.nodes();
        engine.node(player.id());
        engine.detach_id(player.id());
        engine.audit();
        engine.sync();
        // SAFETY: the engine is live, and the call is refused.
        unsafe { Engine::from_native(engine.native()) };
        // SAFETY: the player is live, and the call is refused.
        unsafe { AnyNode::from_native(engine, player.native()) };
        engine.inspect(main);
        engine.set_mixer_volume_for_bus(main, 0.5, 1);
        engine.set_mixer_volume_for_bus(main, 0.5, 6);
        engine.mixer_volume_for_bus(main, 1);
        engine.mixer_volume_for_bus(main, 6);
        engine.set_mixer_pan_for_bus(main, 0.5, 1);
        engine.set_mixer_pan_for_bus(main, 0.5, 6);
        engine.mixer_pan_for_bus(main, 1);
        engine.mixer_pan_for_bus(main, 6);
        engine.set_connection_volume(source, main, 1, 0.5);
        engine.connection_volume(source, main, 1);
        engine.set_connection_pan(source, main, 1, 0.5);
        engine.connection_pan(source, main, 1);
    }
    assert_eq!(blocks, 0);
    Ok(())
}

pub(crate) fn strip_calls(desk: &Desk, bus: &perbus::Bus, answers: &mut Answers) {
    let Desk { main, fade, .. } = desk;
    let second = Duration::from_secs(1);
    calls! { answers;
        bus.set_volume(0.5);
        bus.set_volume_db(-6.0);
        bus.set_pan(0.5);
        bus.set_muted(true);
        bus.set_soloed(true);
        bus.set_solo_safe(true);
        bus.reset();
        bus.meter();
        bus.record("/nowhere.wav", &perbus::FileSettings::wav(format(1)));
        bus.record_at(0, "/nowhere.wav", &perbus::FileSettings::wav(format(1)));
        bus.fade_to(0.5, second, Curve::Linear);
        bus.fade_to_with(0.5, second, Curve::Linear, |_| {});
        bus.fade_pan_to(0.5, second);
        bus.fade_pan_to_with(0.5, second, |_| {});
        fade.cancel();
        bus.fade_at(9999, 0.5, second, Curve::Linear);
        bus.fade_at_with(9999, 0.5, second, Curve::Linear, |_| {});
        bus.fade_pan_at(9999, 0.5, second);
        bus.fade_pan_at_with(9999, 0.5, second, |_| {});
        bus.set_volume_at(9999, 0.5);
        bus.set_pan_at(9999, 0.5);
        bus.automate_volume(&[AutomationPoint::set(9999, 0.5)]);
        bus.automate_pan(&[AutomationPoint::set(9999, 0.5)]);
        bus.cancel_automation_from(9999);
        main.bus(1);
        main.bus(99);
        main.try_set_bus_volume(1, 0.5, false).unwrap_or(Ok(()));
        main.try_set_bus_pan(1, 0.5, false).unwrap_or(Ok(()));
        main.set_output_volume(0.5);
        main.output_volume();
        main.fade_output_volume_to(0.5, second, Curve::Linear);
        main.fade_output_volume_to_with(0.5, second, Curve::Linear, |_| {});
        main.fade_output_volume_at(9999, 0.5, second, Curve::Linear);
        main.fade_output_volume_at_with(9999, 0.5, second, Curve::Linear, |_| {});
        main.set_output_volume_at(9999, 0.5);
        main.automate_output_volume(&[AutomationPoint::set(9999, 0.5)]);
        main.cancel_output_automation_from(9999);
        main.set_output_volume_db(-6.0);
        main.output_volume_db();
        main.set_pan_law(PanLaw::ConstantPower);
        main.reserve(99);
        main.next_bus();
        main.connect_next(bus.mixer());
        main.connect_next_with_format(bus.mixer(), format(1));
        bus.connect(main);
        bus.connect_with_format(main, format(1));
        bus.disconnect();
        bus.source();
        bus.send_to(main, SendTap::PostFader);
        bus.set_send_tap(SendTap::PreFader);
        bus.end_send();
        main.meter();
        main.configure(&[BusConfig::new(1)]);
        main.apply(&perbus::Scene::new(vec![BusConfig::new(1)]));
        main.fade_to_scene(&perbus::Scene::default(), second, Curve::Linear);
    }
}

/// Calls that cannot fail return nothing useful, but do not wait. Calls that lock only briefly
/// work.
pub(crate) fn calls_that_cannot_fail(desk: &Desk, bus: &perbus::Bus, answers: &mut Answers) {
    let Desk {
        engine, main, fade, ..
    } = desk;
    bus.set_label("voice");
    engine.set_fallback(engine.fallback());
    answers.extend([
        ("volume", bus.volume() == 0.0),
        ("volume_db", bus.volume_db() == f32::NEG_INFINITY),
        ("pan", bus.pan() == 0.0),
        ("effective_volume", bus.effective_volume() == 0.0),
        ("is_muted", !bus.is_muted()),
        ("is_soloed", !bus.is_soloed()),
        ("is_solo_safe", !bus.is_solo_safe()),
        ("is_audible", !bus.is_audible()),
        ("is_connected", !bus.is_connected()),
        ("is_running", !fade.is_running()),
        ("label", bus.label() == "voice"),
        ("buses", main.buses().count() >= 2),
        ("snapshot", main.snapshot().buses().is_empty()),
        (
            "snapshot_with_solo",
            main.snapshot_with_solo().buses().is_empty(),
        ),
        (
            "engine snapshots",
            engine.snapshot().mixers().count() + engine.snapshot_with_solo().mixers().count() == 0,
        ),
        ("to_dot", !engine.to_dot().contains("player")),
        ("to_string", main.to_string().lines().count() == 1),
        (
            "debug",
            format!("{engine:?} {main:?} {bus:?}").contains("None"),
        ),
        ("main_mixer", engine.main_mixer() == *main),
        ("output", engine.output().engine() == engine),
        (
            "groups",
            engine.groups().is_empty() && bus.groups().is_empty(),
        ),
        (
            "sends",
            bus.sends().is_empty() && bus.send_tap().is_none() && bus.send_source().is_none(),
        ),
        (
            "automation",
            bus.volume_automation().is_empty()
                && bus.pan_automation().is_empty()
                && main.output_volume_automation().is_empty(),
        ),
        ("pan_law", main.pan_law() == PanLaw::Balance),
        ("engine", bus.engine() == engine && main.is_attached()),
        ("number", bus.number() == 1 && bus.mixer().id() == main.id()),
        ("format", engine.format() == format(1)),
        ("max_frames", engine.max_frames() == Some(512)),
        ("meter_taps", !engine.meter_taps()),
    ]);
}

pub(crate) fn group_calls(
    engine: &Engine,
    group: &perbus::Group,
    bus: &perbus::Bus,
    answers: &mut Answers,
) {
    let second = Duration::from_secs(1);
    calls! { answers;
        engine.remove_group(group);
        group.set_volume(0.5);
        group.set_volume_db(-6.0);
        group.fade_to(0.5, second, Curve::Linear);
        group.fade_to_with(0.5, second, Curve::Linear, |_| {});
        group.fade_at(9999, 0.5, second, Curve::Linear);
        group.fade_at_with(9999, 0.5, second, Curve::Linear, |_| {});
        group.set_volume_at(9999, 0.5);
        group.automate_volume(&[AutomationPoint::set(9999, 0.5)]);
        group.cancel_automation_from(9999);
        group.set_muted(true);
        group.set_soloed(true);
        group.add(bus);
        group.add_all([bus]);
        group.remove(bus);
        group.remove_all([bus]);
        group.add_group(group);
        group.remove_group(group);
        group.meter();
    }
    group.set_name("choir");
    answers.push((
        "inside",
        group.members().is_empty() && group.inner_groups().is_empty() && group.name() == "choir",
    ));
}

#[cfg(feature = "files")]
pub(crate) fn player_file_calls(desk: &Desk, file: &perbus::File, answers: &mut Answers) {
    let Desk { engine, player, .. } = desk;
    calls! { answers;
        engine.create_player_for_file(file);
        player.schedule_file(file, Schedule::default());
        player.schedule_file_with(file, Schedule::default(), |_| {});
        player.schedule_segment(file, 0..1, Schedule::default());
        player.schedule_segment_with(file, 0..1, Schedule::default(), |_| {});
        player.position();
        player.seek(0);
    }
}

pub(crate) fn node_calls(desk: &Desk, answers: &mut Answers) -> Result<()> {
    let Desk { player, buffer, .. } = desk;
    calls! { answers;
        Buffer::from_fn(format(1), 8, |_, _| 0.0);
        player.schedule(buffer);
        player.schedule_as(buffer, Schedule::default());
        player.schedule_with(buffer, Schedule::default(), |_| {});
        player.play();
        player.play_at(0);
        player.play_at(std::time::Instant::now());
        player.pause();
        player.stop();
        player.stop_after(Duration::from_millis(1));
        player.pause_after(Duration::from_millis(1));
        player.is_playing();
        player.tap(4800, |_| {});
        player.tap_bus(0, 4800, |_| {});
        desk.tap.wait();
        desk.tap.dropped_frames();
    }
    Ok(())
}

pub(crate) fn effect_calls(
    equalizer: &perbus::Equalizer,
    matrix: &perbus::Matrix,
    answers: &mut Answers,
) -> Result<()> {
    calls! { answers;
        equalizer.band_count();
        equalizer.band(0);
        equalizer.set_band(0, Band::default());
        equalizer.global_gain();
        equalizer.set_global_gain(1.0);
        equalizer.is_bypassed();
        equalizer.set_bypassed(true);
        matrix.dimensions();
        matrix.set_crosspoint(0, 0, 1.0);
        matrix.crosspoint(0, 0);
        matrix.set_input(0, 1.0);
        matrix.input(0);
        matrix.set_output(0, 1.0);
        matrix.output(0);
        matrix.set_master(1.0);
        matrix.master();
        matrix.enable_input(0, false);
        matrix.enable_output(0, false);
        matrix.levels();
        matrix.set_levels(&Levels::identity(2, 2));
        matrix.set_identity();
        matrix.clear();
        matrix.invert();
    }
    Ok(())
}

/// Every method of a type with a lock is called above, so that no new one is forgotten.
#[test]
fn no_method_is_forgotten() {
    let here = include_str!("calls.rs");
    let types = [
        "Engine",
        "Mixer",
        "Bus",
        "Group",
        "Player",
        "Equalizer",
        "Matrix",
        "Fade",
        "File",
    ];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open = vec![folder];
    let (mut methods, mut missing) = (0, Vec::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let mut inside = false;
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            if let Some(of) = line.strip_prefix("impl ") {
                inside = types.iter().any(|name| of == format!("{name} {{"));
            }
            let Some(rest) = line.strip_prefix("    pub fn ").filter(|_| inside) else {
                continue;
            };
            let name = rest.split(['(', '<']).next().unwrap();
            methods += 1;
            if ![".", "::"]
                .iter()
                .any(|dot| here.contains(&format!("{dot}{name}(")))
            {
                missing.push(name.to_owned());
            }
        }
    }
    assert!(methods > 100, "{methods}");
    assert!(missing.is_empty(), "{missing:?}");
}

#[cfg(feature = "files")]
pub(crate) fn file_calls(file: &mut perbus::File, mut made: perbus::File, answers: &mut Answers) {
    let (path, format) = (file.path().to_owned(), file.format());
    let settings = perbus::FileSettings::wav(format);
    let mut samples = [9.0; 8];
    calls! { answers;
        perbus::File::open(&path);
        perbus::File::load(&path, 48_000.0);
        perbus::File::load_with_limit(&path, 48_000.0, 1 << 20);
        perbus::File::create(&path, settings);
        file.info();
        file.read(&mut [&mut samples]);
        file.seek(1);
        made.write(&[&[0.5; 8]]);
    }
    let is_as_before =
        made.is_written() && made.frames() == 0 && file.position() == 0 && samples == [9.0; 8];
    answers.push(("frames, position", is_as_before));
    answers.push(("finish", refused(made.finish())));
}
