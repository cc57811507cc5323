//! Changes while a bus is silent: the next sound has the new values from its first frame.

use perbus::{Engine, Player, Result, Schedule};

use crate::common::*;

/// A player on bus 0 that plays 300 frames of 1.0 and has fallen silent at volume 0.25.
fn spent() -> Result<(Engine, Player)> {
    let engine = running(2);
    let player = connected_player(&engine)?;
    engine.main_mixer().bus(0)?.set_volume(0.25)?;
    player.schedule(&constant_buffer(&[1.0, 1.0], 300))?;
    player.play()?;
    render_in(&engine, 320, 64);
    Ok((engine, player))
}

fn click(player: &Player) -> Result<()> {
    player.schedule(&constant_buffer(&[1.0, 1.0], 100))
}

#[track_caller]
fn assert_click(engine: &Engine, expected: [f32; 2]) {
    let heard = render(engine, 100);
    assert_constant(&heard[0], expected[0]);
    assert_constant(&heard[1], expected[1]);
}

#[test]
fn volume_up_then_play_has_its_full_peak() -> Result<()> {
    let engine = running(2);
    let player = connected_player(&engine)?;
    let bus = engine.main_mixer().bus(0)?;
    bus.set_volume(0.0)?;
    render(&engine, 48_000);
    bus.set_volume(1.0)?;
    click(&player)?;
    player.play()?;
    assert_click(&engine, [1.0, 1.0]);
    Ok(())
}

#[test]
fn volume_pan_and_mute_hold_at_once_after_the_end_of_a_buffer() -> Result<()> {
    let (engine, player) = spent()?;
    let bus = engine.main_mixer().bus(0)?;
    bus.set_volume(0.5)?;
    bus.set_pan(1.0)?;
    click(&player)?;
    assert_click(&engine, [0.0, 0.5]);
    bus.set_muted(true)?;
    click(&player)?;
    assert_click(&engine, [0.0, 0.0]);
    bus.set_muted(false)?;
    bus.set_pan(-1.0)?;
    click(&player)?;
    assert_click(&engine, [0.5, 0.0]);
    Ok(())
}

/// The wait ends in the middle of a block.
#[test]
fn a_player_that_waits_for_its_start_is_silent() -> Result<()> {
    let (engine, player) = spent()?;
    player.stop()?;
    click(&player)?;
    player.play_at(1000)?;
    render(&engine, 512);
    engine.main_mixer().bus(0)?.set_volume(0.75)?;
    let heard = render(&engine, 512);
    assert_constant(&heard[0][..168], 0.0);
    assert_constant(&heard[0][168..268], 0.75);
    Ok(())
}

#[test]
fn so_is_one_in_a_gap_before_its_next_buffer() -> Result<()> {
    let (engine, player) = spent()?;
    let later = Schedule {
        at: Some(500.into()),
        ..Schedule::default()
    };
    player.schedule_as(&constant_buffer(&[1.0, 1.0], 100), later)?;
    render_in(&engine, 80, 16);
    engine.main_mixer().bus(0)?.set_volume(0.75)?;
    let heard = render(&engine, 400);
    assert_constant(&heard[0][..100], 0.0);
    assert_constant(&heard[0][100..200], 0.75);
    Ok(())
}

#[test]
fn a_pause_ends_in_the_new_values() -> Result<()> {
    let engine = running(2);
    let player = connected_player(&engine)?;
    let bus = engine.main_mixer().bus(0)?;
    play_constant(&player, &[1.0, 1.0])?;
    render(&engine, 512);
    player.pause()?;
    render(&engine, 64);
    bus.set_volume(0.5)?;
    player.play()?;
    assert_click(&engine, [0.5, 0.5]);
    // Nothing was rendered in between, so the sound continues and the change is a ramp.
    player.pause()?;
    bus.set_volume(1.0)?;
    player.play()?;
    let heard = render(&engine, 480);
    assert_samples(&heard[0], |at| 0.5 + 0.5 * (at + 1) as f32 / 480.0, 1e-6);
    // Another sound, although there is no frame between the two.
    player.stop()?;
    bus.set_volume(0.25)?;
    click(&player)?;
    player.play()?;
    assert_click(&engine, [0.25, 0.25]);
    Ok(())
}

/// The engine's own pause and stop.
#[test]
fn so_does_a_pause_of_the_engine() -> Result<()> {
    let engine = running(2);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), bus.mixer(), 0, 0)?;
    render(&engine, 100);
    engine.pause()?;
    bus.set_volume(0.5)?;
    engine.start()?;
    assert_click(&engine, [0.5, 0.5]);
    engine.stop()?;
    bus.set_pan(-1.0)?;
    engine.start()?;
    assert_click(&engine, [0.5, 0.0]);
    Ok(())
}

#[test]
fn a_ramp_that_began_in_sound_is_not_cut_short() -> Result<()> {
    let engine = running(2);
    let player = connected_player(&engine)?;
    let bus = engine.main_mixer().bus(0)?;
    player.schedule(&constant_buffer(&[1.0, 1.0], 600))?;
    player.play()?;
    render(&engine, 500);
    bus.set_volume(0.0)?;
    render(&engine, 200);
    // Already set.
    bus.set_volume(0.0)?;
    bus.set_pan(0.0)?;
    click(&player)?;
    let heard = render(&engine, 100);
    assert_samples(&heard[0], |at| 1.0 - (at + 201) as f32 / 480.0, 1e-6);
    Ok(())
}

/// A source declares it itself, block by block; zeros count as sound.
#[test]
fn a_source_is_silent_where_it_says_so() -> Result<()> {
    for says_so in [true, false] {
        let engine = running(1);
        let source = engine.create_source(format(1), move |block| {
            let sounds = block.sample_time() >= 256;
            block.channel_mut(0).fill(if sounds { 1.0 } else { 0.0 });
            if says_so && !sounds {
                block.set_silent();
            }
        })?;
        let bus = engine.main_mixer().bus(0)?;
        engine.connect(&source, bus.mixer(), 0, 0)?;
        render(&engine, 256);
        bus.set_volume(0.5)?;
        let first = render_mono(&engine, 100)[0];
        let expected = if says_so { 0.5 } else { 1.0 - 0.5 / 480.0 };
        assert!((first - expected).abs() <= TOLERANCE, "{first}");
    }
    Ok(())
}

/// Its bus and its own output volume.
#[test]
fn a_mixer_is_silent_while_all_that_feeds_it_is() -> Result<()> {
    let engine = running(2);
    let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
    engine.connect(&group, &main, 0, 3)?;
    let players = [engine.create_player()?, engine.create_player()?];
    for (bus, player) in (0..).zip(&players) {
        engine.connect(player, &group, 0, bus)?;
        player.schedule(&constant_buffer(&[1.0, 1.0], 100 + 50 * bus))?;
        player.play()?;
    }
    render_in(&engine, 160, 80);
    group.set_output_volume(0.5)?;
    main.bus(3)?.set_pan(-1.0)?;
    main.set_output_volume(0.5)?;
    click(&players[0])?;
    assert_click(&engine, [0.25, 0.0]);
    // One of the two still sounds.
    play_constant(&players[1], &[1.0, 1.0])?;
    render(&engine, 512);
    group.set_output_volume(1.0)?;
    let heard = render(&engine, 480);
    let rise = |at: usize| 0.25 + 0.25 * (at + 1) as f32 / 480.0;
    assert_samples(&heard[0], rise, 1e-6);
    Ok(())
}

/// A converter holds its input for a while.
#[test]
fn a_converter_is_silent_once_it_is_drained() -> Result<()> {
    let engine = running(1);
    let half = perbus::Format::new(24_000.0, 1)?;
    let player = engine.create_player()?;
    let bus = engine.main_mixer().bus(0)?;
    engine.connect_with_format(&player, bus.mixer(), 0, 0, half)?;
    let buffer = perbus::Buffer::from_fn(half, 1000, |_, _| 1.0)?;
    let play = |volume: f32| -> Result<f32> {
        bus.set_volume(volume)?;
        player.schedule(&buffer)?;
        player.play()?;
        let heard = render_mono(&engine, 2000);
        let early = heard[150..400].iter().copied().fold(0.0, f32::max);
        render(&engine, 30);
        Ok(early)
    };
    assert!((play(0.25)? - 0.25).abs() < 0.05);
    // Its tail is not over, so the volume rises in a ramp.
    let on_the_ramp = play(1.0)?;
    assert!(on_the_ramp < 0.95, "{on_the_ramp}");
    render(&engine, 4000);
    let at_once = play(0.25)?;
    assert!((0.22..0.3).contains(&at_once), "{at_once}");
    Ok(())
}

/// An equalizer rings on; a flat one does not.
#[test]
fn an_equalizer_is_silent_once_it_has_rung_out() -> Result<()> {
    for (gain, wait, full) in [(0.0, 10, true), (12.0, 10, false), (12.0, 48_000, true)] {
        let engine = running(2);
        let player = engine.create_player()?;
        let equalizer = engine.create_equalizer(1)?;
        let bus = engine.main_mixer().bus(0)?;
        engine.connect(&equalizer, bus.mixer(), 0, 0)?;
        engine.connect(&player, &equalizer, 0, 0)?;
        let band = perbus::Band {
            filter: perbus::FilterType::Parametric,
            frequency: 1000.0,
            bandwidth: 0.1,
            gain,
            bypass: gain == 0.0,
        };
        equalizer.set_band(0, band)?;
        click(&player)?;
        player.play()?;
        render_in(&engine, 100 + wait, 110);
        bus.set_volume(0.25)?;
        click(&player)?;
        let first = render(&engine, 100)[0][0];
        let fell = first < 0.6;
        assert_eq!(fell, full, "gain {gain} dB, {wait} frames: {first}");
    }
    Ok(())
}

/// Its own gain and bands, and a matrix's levels.
#[test]
fn levels_of_equalizers_and_matrices_hold_at_once_in_silence() -> Result<()> {
    let engine = running(2);
    let player = engine.create_player()?;
    let equalizer = engine.create_equalizer(1)?;
    let matrix = engine.create_matrix(1, 1)?;
    engine.connect(&matrix, &engine.main_mixer(), 0, 0)?;
    engine.connect(&equalizer, &matrix, 0, 0)?;
    engine.connect(&player, &equalizer, 0, 0)?;
    matrix.set_levels(&perbus::Levels::identity(2, 2))?;
    click(&player)?;
    player.play()?;
    render_in(&engine, 128, 64);
    matrix.set_master(0.5)?;
    equalizer.set_global_gain(-20.0)?;
    click(&player)?;
    let heard = render(&engine, 100);
    assert_samples(&heard[0], |_| 0.05, 1e-6);
    // While it sounds there is a ramp.
    play_constant(&player, &[1.0, 1.0])?;
    render(&engine, 512);
    matrix.set_master(1.0)?;
    let heard = render(&engine, 480);
    assert!(largest_step(0.05, &heard[0]) <= 0.05 / 480.0 + 1e-6);
    Ok(())
}

#[test]
fn a_bus_that_was_away_starts_at_its_new_value() -> Result<()> {
    // Its source sounds elsewhere meanwhile, so that this alone is no silence.
    let engine = running(1);
    let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
    let source = constant(&engine, &[1.0]);
    engine.connect_many(
        &source,
        0,
        &[(&main, 0), (&group, 0), (&group, 1)],
        format(1),
    )?;
    engine.connect(&group, &main, 0, 1)?;
    let vca = engine.create_group("led")?;
    vca.add(&group.bus(1)?)?;
    assert_heard(&engine, &[3.0]);
    engine.disconnect_output(&group, 0)?;
    render(&engine, 100);
    group.bus(0)?.set_volume(0.0)?;
    vca.set_volume(0.25)?;
    // Two edits before the next block, too.
    engine.connect(&group, &main, 0, 1)?;
    assert_heard_at_once(&engine, &[1.25]);
    engine.disconnect_output(&group, 0)?;
    group.bus(0)?.set_volume(0.5)?;
    engine.connect(&group, &main, 0, 1)?;
    let heard = render_in(&engine, 480, 60).remove(0);
    // Never away: it ramps as usual.
    let ramp = |frame: usize| 1.25 + 0.5 * (frame + 1) as f32 / 480.0;
    assert_samples(&heard, ramp, 1e-5);
    Ok(())
}
