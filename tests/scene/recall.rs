//! Taking and applying scenes: values, labels and sound, on any mixer and under load.

use std::sync::atomic::{AtomicBool, Ordering};

use perbus::{BusConfig, Error, PanLaw, Result, Scene, SendTap};

use crate::common::*;

#[test]
fn scenes_bring_back_values_labels_and_sound() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    mixer.bus(0)?.set_label("drums");
    mixer.bus(0)?.set_volume(0.5)?;
    mixer.bus(1)?.set_muted(true)?;
    let verse = mixer.snapshot();
    assert_heard(&engine, &[0.45]);
    mixer.bus(0)?.reset()?;
    mixer.bus(0)?.set_label("");
    mixer.bus(1)?.set_muted(false)?;
    mixer.bus(2)?.set_volume(0.0)?;
    assert_heard(&engine, &[0.3]);
    mixer.apply(&verse)?;
    assert_eq!(mixer.bus(0)?.label(), "drums");
    assert_eq!(mixer.snapshot(), verse);
    assert_heard(&engine, &[0.45]);
    Ok(())
}

/// Solo-safe is a property of a desk; solo is what the engineer listens to at the moment.
#[test]
fn a_scene_has_solos_only_on_request() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    mixer.bus(0)?.set_solo_safe(true)?;
    let (plain, unsoloed) = (mixer.snapshot(), mixer.snapshot_with_solo());
    mixer.bus(0)?.set_solo_safe(false)?;
    mixer.bus(2)?.set_soloed(true)?;
    let soloed = mixer.snapshot_with_solo();
    assert_eq!(soloed.buses()[2].soloed, Some(true));
    assert!(plain.buses().iter().all(|bus| bus.soloed.is_none()));
    assert_heard(&engine, &[0.4]);
    mixer.apply(&plain)?;
    assert_heard(&engine, &[0.5]);
    mixer.apply(&unsoloed)?;
    assert_heard(&engine, &[0.7]);
    mixer.apply(&soloed)?;
    assert_heard(&engine, &[0.4]);
    Ok(())
}

/// As a value and from its stored form: a scene consists of its values alone, whatever mixer it
/// comes from.
#[test]
fn a_scene_fits_any_mixer() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    let group = engine.create_mixer()?;
    group.bus(0)?.set_volume(0.0)?;
    let scene = group.snapshot();
    let same = Scene::new(scene.buses().to_vec());
    let whole = same.with_output_volume(1.0).with_pan_law(PanLaw::Balance);
    assert_eq!(scene, whole);
    mixer.apply(&scene)?;
    assert_heard(&engine, &[0.6]);
    // A mixer of another engine, too.
    let (other, theirs) = three_sources()?;
    theirs.apply(&scene)?;
    assert_heard(&other, &[0.6]);
    assert_eq!(mixer.snapshot(), theirs.snapshot());
    // What does not fit is refused as a whole.
    let past = BusConfig::new(perbus::MAX_BUSES);
    let silent = BusConfig {
        volume: Some(0.0),
        ..BusConfig::new(1)
    };
    let error = mixer
        .apply(&Scene::new(vec![silent.clone(), past]))
        .unwrap_err();
    assert!(matches!(error, Error::OutOfRange(_)), "{error:?}");
    let error = mixer
        .apply(&Scene::new(vec![silent.clone(), silent]))
        .unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    assert_heard(&engine, &[0.6]);
    Ok(())
}

/// Taps of sends belong to a mixer's scene. What is no send has none, and takes none.
#[test]
fn taps_come_back_where_there_are_sends() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    let aux = engine.create_mixer()?;
    mixer.connect_next(&aux)?;
    mixer.bus(0)?.set_volume(0.0)?;
    let send = mixer.bus(0)?.send_to(&aux, SendTap::PreFader)?;
    let other = aux.bus(4)?;
    let before = aux.snapshot();
    let taps: Vec<_> = before.buses().iter().map(|bus| bus.send_tap).collect();
    assert_eq!(taps, [Some(SendTap::PreFader), None]);
    assert_heard(&engine, &[0.1 + 0.2 + 0.4]);
    send.set_send_tap(SendTap::PostFader)?;
    assert_heard(&engine, &[0.2 + 0.4]);
    aux.apply(&before)?;
    assert_heard(&engine, &[0.1 + 0.2 + 0.4]);
    assert_eq!(aux.snapshot(), before);

    let mut post = BusConfig::new(4);
    post.send_tap = Some(SendTap::PostFader);
    aux.apply(&Scene::new(vec![post]))?;
    assert_eq!(
        (other.send_tap(), send.send_tap()),
        (None, Some(SendTap::PreFader))
    );
    // One that has ended is an ordinary bus, and stays one.
    send.end_send()?;
    aux.apply(&before)?;
    assert_eq!(send.send_tap(), None);
    Ok(())
}

/// 64 sources of 1/32 on as many buses; each of two scenes lets one half of them sound. Their ramps
/// mirror each other, so that the sum is 1 in every sample unless a block picked up only part of a
/// scene.
#[test]
fn no_block_mixes_two_scenes() -> Result<()> {
    const BUSES: u32 = 64;
    let engine = running(1);
    let mixer = engine.main_mixer();
    for bus in 0..BUSES {
        engine.connect(&constant(&engine, &[2.0 / BUSES as f32]), &mixer, 0, bus)?;
    }
    let scene = |sounding: u32| {
        Scene::new(
            (0..BUSES)
                .map(|bus| BusConfig {
                    volume: Some(if bus / (BUSES / 2) == sounding {
                        1.0
                    } else {
                        0.0
                    }),
                    ..BusConfig::new(bus)
                })
                .collect(),
        )
    };
    let scenes = [scene(0), scene(1)];
    mixer.apply(&scenes[0])?;
    let done = AtomicBool::new(false);
    let applied = std::thread::scope(|scope| {
        let director = scope.spawn(|| {
            let mut applied = 0;
            while !done.load(Ordering::Relaxed) {
                mixer.apply(&scenes[applied % 2]).expect("a good scene");
                applied += 1;
            }
            applied
        });
        for block in 0..20_000 {
            for sample in render_mono(&engine, 64) {
                if (sample - 1.0).abs() > 1e-5 {
                    done.store(true, Ordering::Relaxed);
                    panic!("block {block} sums to {sample}");
                }
            }
        }
        done.store(true, Ordering::Relaxed);
        director.join().expect("the director ends well")
    });
    assert!(applied > 100, "only {applied} scenes beside the rendering");
    Ok(())
}
