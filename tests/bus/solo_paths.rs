//! How far a solo reaches: sends, returns, sub-mixers, effects and matrices, by ear.

use perbus::{Engine, Levels, Mixer, Result, Source};

use crate::common::*;

/// Three voices on the main mixer's buses 0 to 2, each with a send to a reverb, which returns on
/// bus 7. Every sum is unique.
struct Sends {
    engine: Engine,
    main: Mixer,
    reverb: Mixer,
    voices: Vec<Source>,
}

const VOICES: [f32; 3] = [0.01, 0.02, 0.04];
/// The voices' sends are attenuated to this, differently.
const SENDS: [f32; 3] = [0.5, 0.25, 0.125];

impl Sends {
    fn new() -> Result<Self> {
        let engine = running(1);
        let (main, reverb) = (engine.main_mixer(), engine.create_mixer()?);
        let mut voices = Vec::new();
        for (bus, (level, send)) in (0..).zip(VOICES.into_iter().zip(SENDS)) {
            let voice = constant(&engine, &[level]);
            engine.connect(&voice, &main, 0, bus)?;
            engine.add_destination(&voice, &reverb, 0, bus)?;
            reverb.bus(bus)?.set_volume(send)?;
            voices.push(voice);
        }
        engine.connect(&reverb, &main, 0, 7)?;
        Ok(Self {
            engine,
            main,
            reverb,
            voices,
        })
    }

    /// These voices are heard, dry and through the reverb.
    #[track_caller]
    fn assert_heard(&self, dry: &[usize], wet: &[usize]) {
        let dry: f32 = dry.iter().map(|voice| VOICES[*voice]).sum();
        let wet: f32 = wet.iter().map(|voice| VOICES[*voice] * SENDS[*voice]).sum();
        assert_heard(&self.engine, &[dry + wet]);
    }
}

#[test]
fn a_soloed_voice_is_heard_with_its_send_and_the_return() -> Result<()> {
    let it = Sends::new()?;
    it.assert_heard(&[0, 1, 2], &[0, 1, 2]);
    it.main.bus(0)?.set_soloed(true)?;
    it.assert_heard(&[0], &[0]);
    it.main.bus(2)?.set_soloed(true)?;
    it.assert_heard(&[0, 2], &[0, 2]);
    it.main.bus(0)?.set_soloed(false)?;
    it.assert_heard(&[2], &[2]);
    // The send alone: the voice that it comes from is heard, too.
    it.main.bus(2)?.set_soloed(false)?;
    it.reverb.bus(1)?.set_soloed(true)?;
    it.assert_heard(&[1], &[1]);
    it.engine.clear_solo()?;
    it.assert_heard(&[0, 1, 2], &[0, 1, 2]);
    assert!(!it.reverb.bus(1)?.is_soloed());
    Ok(())
}

#[test]
fn a_soloed_return_is_heard_without_the_dry_voices() -> Result<()> {
    let it = Sends::new()?;
    it.main.bus(7)?.set_soloed(true)?;
    it.assert_heard(&[], &[0, 1, 2]);
    it.reverb.bus(1)?.set_muted(true)?;
    it.assert_heard(&[], &[0, 2]);
    it.main.bus(1)?.set_soloed(true)?;
    it.assert_heard(&[1], &[0, 2]);
    Ok(())
}

#[test]
fn mute_wins_anywhere_on_the_way() -> Result<()> {
    let it = Sends::new()?;
    it.main.bus(0)?.set_soloed(true)?;
    it.main.bus(7)?.set_muted(true)?;
    it.assert_heard(&[0], &[]);
    it.main.bus(0)?.set_muted(true)?;
    it.assert_heard(&[], &[]);
    it.main.bus(7)?.set_muted(false)?;
    it.assert_heard(&[], &[0]);
    it.main.bus(0)?.set_muted(false)?;
    it.assert_heard(&[0], &[0]);
    assert!(it.main.bus(0)?.is_audible() && !it.main.bus(1)?.is_audible());
    Ok(())
}

#[test]
fn a_solo_safe_bus_is_heard_with_any_solo() -> Result<()> {
    let it = Sends::new()?;
    it.main.bus(1)?.set_solo_safe(true)?;
    it.assert_heard(&[0, 1, 2], &[0, 1, 2]);
    it.main.bus(0)?.set_soloed(true)?;
    it.assert_heard(&[0, 1], &[0]);
    // Switched while another bus is soloed.
    it.main.bus(1)?.set_solo_safe(false)?;
    it.main.bus(2)?.set_solo_safe(true)?;
    it.assert_heard(&[0, 2], &[0]);
    it.main.bus(2)?.set_muted(true)?;
    it.assert_heard(&[0], &[0]);
    it.main.bus(2)?.reset()?;
    assert!(!it.main.bus(2)?.is_solo_safe());
    it.assert_heard(&[0], &[0]);
    Ok(())
}

#[test]
fn edits_during_a_solo_are_followed() -> Result<()> {
    let it = Sends::new()?;
    it.main.bus(0)?.set_soloed(true)?;
    it.engine
        .remove_destination(&it.voices[0], &it.reverb, 0, 0)?;
    it.assert_heard(&[0], &[]);
    it.engine.add_destination(&it.voices[0], &it.reverb, 0, 0)?;
    it.assert_heard(&[0], &[0]);
    // Another voice on the soloed bus: now that one's send is heard.
    it.engine.disconnect_input(&it.main, 0)?;
    it.assert_heard(&[], &[]);
    it.engine.add_destination(&it.voices[2], &it.main, 0, 0)?;
    assert_heard(&it.engine, &[0.04 + 0.04 + 0.04 * 0.125]);
    it.engine.disconnect_output(&it.voices[2], 0)?;
    it.assert_heard(&[], &[]);
    // A mixer that leaves takes its solos with it, and brings them back.
    it.main.bus(0)?.set_soloed(false)?;
    it.reverb.bus(1)?.set_soloed(true)?;
    it.assert_heard(&[1], &[1]);
    it.engine.detach(&it.reverb)?;
    it.assert_heard(&[1], &[]);
    it.engine.attach(&it.reverb)?;
    it.assert_heard(&[], &[]);
    it.engine.add_destination(&it.voices[1], &it.reverb, 0, 1)?;
    it.engine.connect(&it.reverb, &it.main, 0, 7)?;
    it.assert_heard(&[1], &[1]);
    it.engine.clear_solo()?;
    it.engine.connect(&it.voices[0], &it.main, 0, 0)?;
    it.assert_heard(&[0, 1], &[1]);
    Ok(())
}

/// Two voices each on the inner mixer, on the one behind it, and on the main mixer.
fn chain() -> Result<(Engine, [Mixer; 3])> {
    let engine = running(1);
    let mixers = [
        engine.create_mixer()?,
        engine.create_mixer()?,
        engine.main_mixer(),
    ];
    let mut level = 0.01;
    for (inner, mixer) in [None, Some(&mixers[0]), Some(&mixers[1])]
        .iter()
        .zip(&mixers)
    {
        for bus in 0..2 {
            engine.connect(&constant(&engine, &[level]), mixer, 0, bus)?;
            level *= 2.0;
        }
        if let Some(inner) = inner {
            engine.connect(*inner, mixer, 0, 2)?;
        }
    }
    Ok((engine, mixers))
}

#[test]
fn solo_goes_through_chains_of_mixers() -> Result<()> {
    let (engine, [inner, middle, main]) = chain()?;
    assert_heard(&engine, &[0.63]);
    // Down to the output...
    inner.bus(1)?.set_soloed(true)?;
    assert_heard(&engine, &[0.02]);
    middle.bus(0)?.set_soloed(true)?;
    assert_heard(&engine, &[0.02 + 0.04]);
    main.bus(0)?.set_soloed(true)?;
    assert_heard(&engine, &[0.02 + 0.04 + 0.16]);
    engine.clear_solo()?;
    // ... and up to all that leads in.
    middle.bus(2)?.set_soloed(true)?;
    assert_heard(&engine, &[0.01 + 0.02]);
    main.bus(2)?.set_soloed(true)?;
    assert_heard(&engine, &[0.01 + 0.02 + 0.04 + 0.08]);
    middle.bus(2)?.set_soloed(false)?;
    assert_heard(&engine, &[0.01 + 0.02 + 0.04 + 0.08]);
    // A source connected to a soloed sub-mixer is heard from its first frame; elsewhere it is silent.
    render(&engine, RAMP);
    engine.connect(&constant(&engine, &[0.5]), &inner, 0, 5)?;
    engine.connect(&constant(&engine, &[1.0]), &main, 0, 5)?;
    assert_heard_at_once(&engine, &[0.15 + 0.5]);
    assert!(inner.bus(9)?.is_audible() && !main.bus(9)?.is_audible());
    main.bus(2)?.set_soloed(false)?;
    assert_heard(&engine, &[0.63 + 0.5 + 1.0]);
    assert!(main.bus(9)?.is_audible());
    Ok(())
}

/// The source of a bus behind an equalizer is what feeds the equalizer, with its other sends.
#[test]
fn solo_goes_through_effects() -> Result<()> {
    let engine = running(1);
    let (main, aux) = (engine.main_mixer(), engine.create_mixer()?);
    let (voice, equalizer) = (constant(&engine, &[0.1]), engine.create_equalizer(1)?);
    engine.connect(&voice, &aux, 0, 0)?;
    engine.connect(&constant(&engine, &[0.2]), &aux, 0, 1)?;
    engine.connect(&aux, &main, 0, 1)?;
    engine.connect(&constant(&engine, &[0.4]), &main, 0, 2)?;
    engine.connect(&equalizer, &main, 0, 0)?;
    main.bus(0)?.set_soloed(true)?;
    assert_heard(&engine, &[0.0]);
    // The solo has a source once something feeds the equalizer.
    let other = constant(&engine, &[0.8]);
    engine.connect(&other, &equalizer, 0, 0)?;
    assert!(main.bus(0)?.is_audible() && !aux.bus(0)?.is_audible());
    engine.add_destination(&other, &aux, 0, 2)?;
    render(&engine, 4 * RAMP);
    assert_heard(&engine, &[0.8 + 0.8]);
    assert!(!aux.bus(0)?.is_audible() && !aux.bus(1)?.is_audible());
    // Its neighbours are connected when it is detached: the solo stays.
    engine.detach(&equalizer)?;
    assert_eq!(aux.bus(2)?.effective_volume(), 1.0);
    engine.clear_solo()?;
    assert!(aux.bus(1)?.is_audible());
    Ok(())
}

#[test]
fn solo_goes_through_matrices() -> Result<()> {
    let engine = running(1);
    let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
    let matrix = engine.create_matrix(1, 1)?;
    engine.connect(&constant(&engine, &[0.1]), &group, 0, 0)?;
    engine.connect(&constant(&engine, &[0.2]), &group, 0, 1)?;
    engine.connect(&matrix, &main, 0, 0)?;
    engine.connect(&group, &matrix, 0, 0)?;
    matrix.set_levels(&Levels::identity(1, 1))?;
    engine.connect(&constant(&engine, &[0.4]), &main, 0, 1)?;
    assert_heard(&engine, &[0.7]);
    group.bus(1)?.set_soloed(true)?;
    assert_heard(&engine, &[0.2]);
    group.bus(1)?.set_soloed(false)?;
    main.bus(0)?.set_soloed(true)?;
    assert_heard(&engine, &[0.3]);
    main.bus(1)?.set_soloed(true)?;
    main.bus(0)?.set_soloed(false)?;
    assert_heard(&engine, &[0.4]);
    Ok(())
}
