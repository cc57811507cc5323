//! What leaves a mixer, from a frame on and up to one.

use perbus::{FileSamples, FileSettings, Recorder, RecorderState, Result};

use super::*;

/// The part of a mix from one frame to another.
fn part(mix: &[Vec<f32>], from: usize, to: usize) -> Vec<Vec<f32>> {
    mix.iter()
        .map(|channel| channel[from..to].to_vec())
        .collect()
}

#[test]
fn the_mix_is_recorded_to_the_bit() -> Result<()> {
    let (_folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let before = render(&engine, 700);
    mixer.set_output_volume(0.7)?;
    let recorder = mixer.record(&path, &wav(2))?;
    assert!(!path.exists());
    let mix = render(&engine, 20_001);
    let recording = recorder.stop()?;
    assert_eq!(
        (recording.frames, recording.silence, recording.dropped),
        (20_001, 0, 0)
    );
    assert_eq!((&recording.path, recording.interrupted), (&path, None));
    assert_same(&read(&path), &mix);
    assert_ne!(before[0][..100], mix[0][..100]);
    Ok(())
}

#[test]
fn start_and_stop_are_exact_to_the_frame() -> Result<()> {
    for (from, to) in [
        (1, 4_799),
        (511, 513),
        (4_800, 9_600),
        (5_001, 12_345),
        (7, 7),
    ] {
        let (_folder, path) = folder();
        let (engine, mixer) = noisy()?;
        let recorder = mixer.record_at(from, &path, &wav(2))?;
        recorder.stop_at(to)?;
        assert_eq!(recorder.status().state, RecorderState::Waiting);
        let mix = render(&engine, 20_000);
        let recording = recorder.stop()?;
        assert_eq!(recording.frames, (to - from) as u64);
        assert_same(&read(&path), &part(&mix, from as usize, to as usize));
    }
    Ok(())
}

#[test]
fn a_start_or_an_end_may_be_far_away() -> Result<()> {
    let (_folder, path) = folder();
    let (engine, mixer) = noisy()?;
    render(&engine, 500);
    for (start, end) in [(None, i64::MIN), (Some(i64::MAX), i64::MAX)] {
        let recorder = match start {
            Some(frame) => mixer.record_at(frame, &path, &wav(2))?,
            None => mixer.record(&path, &wav(2))?,
        };
        recorder.stop_at(end)?;
        render(&engine, 10_000);
        assert_eq!(recorder.stop()?.frames, 0);
    }
    let recorder = mixer.record(&path, &wav(2))?;
    recorder.stop_at(i64::MAX)?;
    let mix = render(&engine, 10_000);
    assert_eq!(recorder.stop()?.frames, 10_000);
    assert_same(&read(&path), &mix);
    Ok(())
}

#[test]
fn a_stop_comes_before_a_later_end() -> Result<()> {
    let (_folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let recorder = mixer.record_at(100, &path, &wav(2))?;
    recorder.stop_at(50_000)?;
    recorder.stop_at(10_000)?;
    let mix = render(&engine, 6_000);
    assert_eq!(recorder.stop()?.frames, 5_900);
    assert_same(&read(&path), &part(&mix, 100, 6_000));
    Ok(())
}

fn wait_until_finished(recorder: &Recorder) {
    while recorder.status().state != RecorderState::Finished {
        std::thread::yield_now();
    }
}

/// The file does not wait for `stop`, and a later recording of the same mixer only for that.
#[test]
fn the_file_is_complete_at_its_end() -> Result<()> {
    let (_folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let recorder = mixer.record(&path, &wav(2))?;
    recorder.stop_at(10_000)?;
    let mix = render(&engine, 15_000);
    recorder.wait()?;
    wait_until_finished(&recorder);
    assert_same(&read(&path), &part(&mix, 0, 10_000));
    let status = recorder.status();
    assert_eq!(
        (status.frames, status.dropped, status.silence),
        (10_000, 0, 0)
    );
    render(&engine, 15_000);
    assert_eq!(recorder.stop()?.frames, 10_000);
    mixer.record(&path, &wav(2))?.stop()?;
    Ok(())
}

#[test]
fn what_is_recorded_shows_in_the_status() -> Result<()> {
    let (_folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let recorder = mixer.record(&path, &wav(2))?;
    assert_eq!(recorder.status().state, RecorderState::Waiting);
    render(&engine, 48_100);
    recorder.wait()?;
    let status = recorder.status();
    assert_eq!(
        (status.state, status.frames),
        (RecorderState::Recording, 48_000)
    );
    assert_eq!(recorder.stop()?.frames, 48_100);
    Ok(())
}

/// The recorder is faster than its engine, and slower: nothing is lost.
#[test]
fn an_hour_of_many_buses_loses_nothing() -> Result<()> {
    let (_folder, path) = folder();
    let engine = running(1);
    let mixer = engine.main_mixer();
    for bus in 0..64 {
        mixer
            .bus(bus)?
            .connect(&noise(&engine, 1, u64::from(bus), bus == 7)?)?;
    }
    let settings = FileSettings::wav(format(1))
        .with_samples(FileSamples::Int16)
        .undithered();
    let recorder = mixer.record(&path, &settings)?;
    let mut sum = 0.0;
    engine.render_blocks(480_000, |planar| {
        sum += planar[0]
            .iter()
            .map(|it| f64::from((it * 32_768.0).round() / 32_768.0))
            .sum::<f64>();
        Ok(())
    })?;
    let recording = recorder.stop()?;
    assert_eq!((recording.frames, recording.dropped), (480_000, 0));
    let found: f64 = read(&path)[0].iter().map(|it| f64::from(*it)).sum();
    assert!((found - sum).abs() < 1e-3, "{found} instead of {sum}");
    Ok(())
}

/// A mixer that is not rendered while the engine's time goes on is silent.
#[test]
fn gaps_are_silence_of_the_same_length() -> Result<()> {
    let (_folder, path) = folder();
    let engine = running(2);
    let (main, inner) = (engine.main_mixer(), engine.create_mixer()?);
    inner.bus(0)?.connect(&noise(&engine, 2, 1, true)?)?;
    main.bus(0)?.connect(&inner)?;
    let recorder = inner.record_at(300, &path, &wav(2))?;
    main.bus(0)?.disconnect()?;
    render(&engine, 512);
    main.bus(0)?.connect(&inner)?;
    let first = render(&engine, 512 * 3);
    main.bus(0)?.disconnect()?;
    render(&engine, 512 * 20);
    main.bus(0)?.connect(&inner)?;
    let second = render(&engine, 512);
    main.bus(0)?.disconnect()?;
    render(&engine, 1_000);
    let recording = recorder.stop()?;
    let mut expected = vec![vec![0.0; 212]; 2];
    for channel in 0..2 {
        expected[channel].extend(&first[channel]);
        expected[channel].extend([0.0; 512 * 20]);
        expected[channel].extend(&second[channel]);
        expected[channel].extend([0.0; 1_000]);
    }
    assert_eq!(recording.silence, 212 + 512 * 20 + 1_000);
    assert_same(&read(&path), &expected);
    Ok(())
}

/// While the engine's time stands still there is nothing to record; a reset is no gap.
#[test]
fn pauses_and_resets_leave_no_gap() -> Result<()> {
    let (_folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let recorder = mixer.record(&path, &wav(2))?;
    let mut expected = render(&engine, 3_000);
    let mut go_on = |engine: &perbus::Engine, frames| {
        let next = render(engine, frames);
        expected
            .iter_mut()
            .zip(next)
            .for_each(|(all, next)| all.extend(next));
    };
    engine.pause()?;
    engine.start()?;
    go_on(&engine, 700);
    engine.stop()?;
    engine.start()?;
    go_on(&engine, 9_000);
    engine.reset()?;
    go_on(&engine, 5_000);
    engine.stop()?;
    let recording = recorder.stop()?;
    assert_eq!((recording.frames, recording.silence), (17_700, 0));
    assert_same(&read(&path), &expected);
    Ok(())
}
