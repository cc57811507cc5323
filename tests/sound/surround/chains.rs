//! No channel is lost: what would drop one is refused, in single steps and in chains.

use perbus::{Buffer, ChannelLayout, Error, Format, Result};
use proptest::prelude::*;

use super::*;
use crate::common::layouts::{discrete, gains, laid_out, shapes};

/// The message names both formats and what can be done.
#[track_caller]
fn assert_refused(result: Result<()>, from: Format, to: Format) {
    let error = result.expect_err("a channel would be lost");
    assert!(matches!(error, Error::Format(_)), "{error:?}");
    let message = error.to_string();
    for format in [from, to] {
        let named = format!("{} ", format.channels());
        assert!(message.contains(&named), "{message}");
        assert!(message.contains(&format.layout().to_string()), "{message}");
    }
    assert!(
        message.contains("matrix") && message.contains("layout"),
        "{message}"
    );
}

#[test]
fn channels_without_a_layout_are_never_dropped() -> Result<()> {
    let (stems, stereo) = (discrete(5), format(2));
    let engine = running(2);
    let mixer = engine.main_mixer();
    let source = constants(&engine, stems, &levels(stems))?;
    assert_refused(engine.connect(&source, &mixer, 0, 0), stems, stereo);
    // The source's own format counts, whatever format its connection is given.
    let narrow = engine.connect_with_format(&source, &mixer, 0, 0, stereo);
    assert_refused(narrow, stems, stereo);
    assert_refused(
        engine.connect_many(&source, 0, &[(&mixer, 0), (&mixer, 1)], stems),
        stems,
        stereo,
    );
    assert_eq!(engine.source_of(&mixer, 0)?, None);

    // A group that is not connected onward accepts anything; then it cannot be connected in a
    // narrower format.
    let group = engine.create_mixer()?;
    engine.connect(&source, &group, 0, 2)?;
    let narrow = engine.connect_with_format(&group, &mixer, 0, 0, stereo);
    assert_refused(narrow, stems, stereo);
    assert_refused(
        engine.connect_with_format(&group, &mixer, 0, 0, stems),
        stems,
        stereo,
    );

    // The ways out: a layout, one channel, a matrix.
    let surround = laid_out(ChannelLayout::Surround5_0);
    engine.connect_with_format(&source, &mixer, 0, 0, surround)?;
    let heard = through(&levels(stems), &[surround, stereo]).expect("5.0 has speakers");
    assert_settles(&engine, &heard, TOLERANCE);
    let matrix = engine.create_matrix(1, 1)?;
    engine.connect(&source, &matrix, 0, 0)?;
    engine.connect_with_format(&matrix, &mixer, 0, 0, stereo)?;
    matrix.set_master(1.0)?;
    matrix.set_input(4, 1.0)?;
    matrix.set_output(1, 1.0)?;
    matrix.set_crosspoint(4, 1, 1.0)?;
    assert_heard(&engine, &[0.0, levels(stems)[4]]);
    assert_audited(&engine);
    Ok(())
}

/// Back and side surrounds would change places.
#[test]
fn a_buffer_in_another_order_is_refused() -> Result<()> {
    let (file, apple) = (
        laid_out(ChannelLayout::Surround7_1),
        laid_out(ChannelLayout::Surround7_1C),
    );
    let engine = running(8);
    for (ours, theirs) in [(file, apple), (apple, file)] {
        let player = engine.create_player()?;
        engine.connect_with_format(&player, &engine.main_mixer(), 0, 0, ours)?;
        let buffer = |format: Format| {
            let levels = levels(format);
            Buffer::from_fn(format, 300, move |_, channel| levels[channel as usize])
        };
        let error = player.schedule(&buffer(theirs)?).unwrap_err();
        assert!(matches!(error, Error::Format(_)), "{error:?}");
        for layout in ["(7.1)", "(7.1 (C))"] {
            assert!(error.to_string().contains(layout), "{error}");
        }
        // Channels without speakers go where the connection's layout says.
        player.schedule_with(&buffer(discrete(8))?, looping(), |_| {})?;
        player.play()?;
        let heard = through(&levels(ours), &[ours, file]).expect("both have speakers");
        assert_settles(&engine, &heard, TOLERANCE);
        engine.detach(&player)?;
    }
    Ok(())
}

/// The connections of a chain, from the source to the main mixer.
const LINKS: usize = 4;

proptest! {
    #![proptest_config(model_config())]

    /// Source, group, equalizer, group, main mixer: connections are remade in any order and any
    /// format. A refusal changes nothing, and what is heard has lost no channel.
    #[test]
    fn a_chain_of_conversions_loses_nothing(
        made in 0..shapes().len(),
        output in 0..shapes().len(),
        edits in prop::collection::vec((0..LINKS, 0..shapes().len()), 1..24),
    ) {
        let shapes = shapes();
        let (made, output) = (shapes[made], shapes[output]);
        let engine = engine_in(output).expect("an engine");
        let source = constants(&engine, made, &levels(made)).expect("a source");
        let groups = [(); 2].map(|()| engine.create_mixer().expect("a mixer"));
        let equalizer = engine.create_equalizer(1).expect("an equalizer");
        let main = engine.main_mixer();
        let connect = |link: usize, format: Format| match link {
            0 => engine.connect_with_format(&source, &groups[0], 0, 5, format),
            1 => engine.connect_with_format(&groups[0], &equalizer, 0, 0, format),
            2 => engine.connect_with_format(&equalizer, &groups[1], 0, 1, format),
            _ => engine.connect_with_format(&groups[1], &main, 0, 0, format),
        };
        let mut links: [Option<Format>; LINKS] = [None; LINKS];
        for (link, shape) in edits {
            let format = shapes[shape];
            let before = if link == 0 { Some(made) } else { links[link - 1] };
            let after = if link + 1 == LINKS { Some(output) } else { links[link + 1] };
            let fits = before.is_none_or(|from| gains(from, format).is_some())
                && after.is_none_or(|to| gains(format, to).is_some());
            let connected = connect(link, format);
            prop_assert_eq!(connected.is_ok(), fits, "{:?} {:?}: {:?}", link, format, connected);
            if let Err(error) = connected {
                prop_assert!(matches!(error, Error::Format(_)), "{:?}", error);
            } else {
                links[link] = Some(format);
            }
            let chain: Vec<Format> = links.iter().flatten().copied().collect();
            let heard = match chain.len() {
                LINKS => {
                    let chain = [&[made], chain.as_slice(), &[output]].concat();
                    through(&levels(made), &chain).expect("every step fits")
                }
                _ => vec![0.0; output.channels() as usize],
            };
            for (samples, expected) in render(&engine, 40).iter().zip(heard) {
                for sample in samples {
                    let off = (f64::from(*sample) - expected).abs();
                    prop_assert!(off < 2e-6, "{} is not {}: {:?}", sample, expected, links);
                }
            }
        }
        assert_audited(&engine);
        prop_assert!(source.id() != main.id());
    }
}
