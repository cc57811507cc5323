//! What is heard of it, frame by frame.

use perbus::{Curve, File, FileSettings, Format};
use perbus_mix::{Move, Stem, Strip};

use super::*;

const RATE: u32 = 1_000;
const LENGTH: u32 = 400;
const LEAD_FRAMES: usize = 50;

/// One stem whose samples are their own numbers, in thousandths, from 1 on.
fn mix() -> Mix {
    let mono = Format::new(f64::from(RATE), 1).unwrap();
    let sound = Buffer::from_fn(mono, LENGTH, |frame, _| (frame + 1) as f32 / 1000.0);
    let stem = Stem {
        argument: "stem".to_owned(),
        name: "stem".to_owned(),
        strip: Strip::default(),
        fades: Vec::new(),
        sends: Vec::new(),
        sound: Sound::Decoded(sound.unwrap()),
    };
    Mix {
        stems: vec![stem],
        ..Mix::new()
    }
}

fn set(at: f64, volume: f32) -> Move {
    Move {
        at,
        over: 0.0,
        curve: Curve::Linear,
        volume: Some(volume),
        pan: None,
    }
}

fn desk(mix: &Mix) -> Desk<'_> {
    let engine = Desk::offline(RATE, 10).unwrap();
    let desk = Desk::new(mix, engine, false).unwrap();
    desk.engine().start().unwrap();
    desk
}

/// Blocks of 10 frames, with a tick after each; the left side.
fn play(transport: &mut Transport<'_>, frames: usize) -> Vec<f32> {
    let mut heard = Vec::new();
    for _ in 0..frames / 10 {
        let (mut left, mut right) = ([0.0; 10], [0.0; 10]);
        let engine = &transport.engine;
        engine.render(&mut [&mut left, &mut right]).unwrap();
        heard.extend(left);
        transport.tick().unwrap();
    }
    heard
}

fn numbers(heard: &[f32]) -> Vec<u32> {
    heard
        .iter()
        .map(|it| (it * 1000.0).round() as u32)
        .collect()
}

#[test]
fn a_loop_has_no_seam() {
    let mix = mix();
    let desk = desk(&mix);
    let mut transport = Transport::new(&mix, &desk, true);
    transport.play_or_halt().unwrap();
    let heard = numbers(&play(&mut transport, 1000));
    assert_eq!(heard[..LEAD_FRAMES], [0; LEAD_FRAMES]);
    let expected: Vec<u32> = (0..950).map(|frame| frame % LENGTH + 1).collect();
    assert_eq!(heard[LEAD_FRAMES..], expected);
    assert!((transport.position() - 0.150).abs() < 1e-9);
}

#[test]
fn it_halts_goes_elsewhere_and_ends() {
    let mix = mix();
    let desk = desk(&mix);
    let mut transport = Transport::new(&mix, &desk, false);
    transport.play_or_halt().unwrap();
    play(&mut transport, 150);
    transport.play_or_halt().unwrap();
    assert!(!transport.is_playing());
    assert!((transport.position() - 0.1).abs() < 1e-9);
    play(&mut transport, 100);
    transport.locate(0.3).unwrap();
    assert!(!transport.is_playing());
    transport.play_or_halt().unwrap();
    let heard = numbers(&play(&mut transport, 200));
    let expected: Vec<u32> = (301..=400).collect();
    assert_eq!(heard[LEAD_FRAMES..LEAD_FRAMES + 100], expected);
    assert_eq!(heard[LEAD_FRAMES + 100..], [0; 50]);
    assert!(!transport.is_playing() && transport.position() == 0.0);
}

#[test]
fn automation_plays_at_its_frames_and_is_caught_up_with() {
    let mut mix = mix();
    mix.stems[0].fades = vec![set(0.1, 0.5), set(0.2, 0.25)];
    let desk = desk(&mix);
    let mut transport = Transport::new(&mix, &desk, true);
    transport.play_or_halt().unwrap();
    let heard = play(&mut transport, LEAD_FRAMES + 400 + 300);
    // What is heard is still on the ramp of 480 frames; the fader is there already.
    assert_eq!(desk.buses[0].volume(), 0.25);
    assert_eq!(numbers(&heard[LEAD_FRAMES..LEAD_FRAMES + 100])[99], 100);
    transport.locate(0.15).unwrap();
    assert_eq!(desk.buses[0].volume(), 0.5);
    transport.toggle_following().unwrap();
    play(&mut transport, LEAD_FRAMES + 100);
    assert_eq!(desk.buses[0].volume(), 0.5);
    transport.locate(0.0).unwrap();
    assert_eq!(desk.buses[0].volume(), 0.5);
    transport.toggle_following().unwrap();
    assert_eq!(desk.buses[0].volume(), 1.0);
}

#[test]
fn a_stem_that_cannot_be_read_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stem.wav");
    let mut mix = mix();
    let Sound::Decoded(sound) = &mix.stems[0].sound else {
        unreachable!("it is a buffer")
    };
    let mut file = File::create(&path, FileSettings::wav(sound.format())).unwrap();
    file.write(&[sound.channel(0)]).unwrap();
    file.finish().unwrap();
    mix.stems[0].sound = Sound::Streamed(File::open(&path).unwrap());
    let desk = desk(&mix);
    let mut transport = Transport::new(&mix, &desk, false);
    // Players open their files anew.
    std::fs::remove_file(&path).unwrap();
    transport.play_or_halt().unwrap();
    let begin = Instant::now();
    let reason = loop {
        let (mut left, mut right) = ([0.0; 10], [0.0; 10]);
        let engine = &transport.engine;
        engine.render(&mut [&mut left, &mut right]).unwrap();
        if let Err(Failure(reason)) = transport.tick() {
            break reason;
        }
        assert!(begin.elapsed() < Duration::from_secs(30));
    };
    assert_eq!(reason, "stem: it could not be read to its end");
}
