//! A buffer plays only on a player with its format.

use perbus::{Buffer, Engine, Error, Format, Player, Result, Schedule};

use crate::common::*;

fn ones(format: Format) -> Result<Buffer> {
    Buffer::from_fn(format, 1000, |_, _| 1.0)
}

#[track_caller]
fn assert_refused(result: Result<()>, words: &[&str]) {
    let error = result.expect_err("the formats differ");
    assert!(matches!(error, Error::Format(_)), "{error:?}");
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "{text:?} lacks {word:?}");
    }
}

#[test]
fn another_rate_or_channel_count_is_refused() -> Result<()> {
    let engine = running(2);
    let player = connected_player(&engine)?;
    let loose = engine.create_player()?;
    for other in [
        Format::new(44_100.0, 2)?,
        Format::new(RATE, 1)?,
        Format::new(96_000.0, 8)?,
    ] {
        let buffer = ones(other)?;
        let rate = other.sample_rate().to_string();
        let channels = format!("{} channel", other.channels());
        let words = [
            "48000 Hz",
            "2 channels",
            &rate,
            &channels,
            "connect",
            "create",
        ];
        for player in [&player, &loose] {
            assert_refused(player.schedule(&buffer), &words);
            assert_refused(player.schedule_with(&buffer, looping(), |_| {}), &words);
        }
    }
    // Nothing of it is queued.
    player.schedule(&constant_buffer(&[0.5, 0.5], 100))?;
    player.play()?;
    assert_constant(&render(&engine, 100)[0], 0.5);
    Ok(())
}

#[test]
fn a_player_made_with_a_format_is_connected_in_it() -> Result<()> {
    let engine = running(2);
    let mono = Format::new(RATE, 1)?;
    let voice = ones(mono)?;
    let player = engine.create_player_for(&voice)?;
    assert_refused(
        player.schedule(&ones(format(2))?),
        &["1 channel:", "2 channels"],
    );
    let early = player.schedule(&voice).unwrap_err();
    assert!(matches!(early, Error::NotConnected(_)), "{early:?}");
    engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    player.schedule(&voice)?;
    player.play()?;
    let planar = render(&engine, 1200);
    for samples in &planar {
        assert_samples(samples, |frame| if frame < 1000 { 1.0 } else { 0.0 }, 0.0);
    }
    // It keeps its format when it is disconnected.
    engine.disconnect_output(&player, 0)?;
    player.schedule(&voice)?;
    assert_audited(&engine);
    Ok(())
}

#[test]
fn a_reconnection_does_not_change_the_format_of_what_is_queued() -> Result<()> {
    let engine = running(2);
    let (main, sub) = (engine.main_mixer(), engine.create_mixer()?);
    engine.connect(&sub, &main, 0, 5)?;
    let (mono, fast) = (Format::new(RATE, 1)?, Format::new(96_000.0, 2)?);
    type Connect = fn(&Engine, &Player, &perbus::Mixer, Format) -> Result<()>;
    let again: Connect =
        |engine, player, mixer, format| engine.connect_with_format(player, mixer, 0, 1, format);
    for other in [mono, fast] {
        let player = engine.create_player()?;
        engine.connect(&player, &main, 0, 0)?;
        player.schedule(&constant_buffer(&[0.5, 0.25], 200))?;
        let words = ["48000 Hz and 2 channels", "connect", "stop"];
        assert_refused(again(&engine, &player, &sub, other), &words);
        // Playing, paused, disconnected: it is still queued.
        player.play()?;
        let planar = render(&engine, 100);
        assert_constant(&planar[0], 0.5);
        assert_constant(&planar[1], 0.25);
        assert_refused(again(&engine, &player, &main, other), &words);
        player.pause()?;
        assert_refused(again(&engine, &player, &main, other), &words);
        engine.disconnect_output(&player, 0)?;
        assert_refused(again(&engine, &player, &main, other), &words);
        assert_eq!(engine.source_of(&main, 1)?, None);
        // In the same format it continues.
        again(&engine, &player, &main, format(2))?;
        player.play()?;
        assert_constant(&render(&engine, 50)[0], 0.5);
        player.stop()?;
        again(&engine, &player, &main, other)?;
        player.schedule(&ones(other)?)?;
        // Detached, it has nothing queued.
        engine.detach(&player)?;
        engine.attach(&player)?;
        again(&engine, &player, &main, format(2))?;
        player.schedule(&constant_buffer(&[1.0, 1.0], 10))?;
        player.play()?;
        // Nor when it has played to the end.
        render(&engine, 10);
        again(&engine, &player, &main, other)?;
        engine.detach(&player)?;
        assert_audited(&engine);
    }
    Ok(())
}

#[test]
fn a_list_of_destinations_keeps_to_the_format_as_well() -> Result<()> {
    let engine = running(2);
    let (main, sub) = (engine.main_mixer(), engine.create_mixer()?);
    engine.connect(&sub, &main, 0, 5)?;
    let player = engine.create_player_with(Format::new(RATE, 1)?)?;
    engine.connect(&player, &main, 0, 0)?;
    player.schedule(&constant_buffer(&[0.5], 1000))?;
    engine.add_destination(&player, &sub, 0, 0)?;
    player.play()?;
    for samples in render(&engine, 100) {
        assert_constant(&samples, 1.0);
    }
    assert_audited(&engine);
    Ok(())
}

#[test]
fn an_empty_buffer_cannot_loop() -> Result<()> {
    let engine = running(1);
    let player = connected_player(&engine)?;
    let empty = counting(0, 0);
    let error = player.schedule_as(&empty, looping()).unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    assert!(error.to_string().contains("0 frames"), "{error}");
    // Without a loop it ends at once and delays nothing.
    player.schedule_as(&empty, Schedule::default())?;
    player.schedule(&counting(0, 10))?;
    player.play()?;
    assert_samples(&render_mono(&engine, 10), |frame| count(frame as u32), 0.0);
    Ok(())
}
