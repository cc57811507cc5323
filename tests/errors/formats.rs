//! Formats that are none, that do not fit, and samples that do not fit theirs.

use perbus::{Buffer, BufferBuilder, Format, Result, Schedule};

use crate::common::*;
use crate::desk::*;

#[test]
fn formats_that_are_none() {
    for rate in [0.0, -0.0, -48_000.0, f64::NAN, f64::INFINITY, 768_000.5] {
        fails! { Format, &format!("{rate} Hz|768000"); Format::new(rate, 2); }
    }
    for channels in [0, 65, u32::MAX] {
        fails! { Format, &format!("count {channels} |1 to 64"); Format::new(RATE, channels); }
    }
    for (rate, channels) in [(768_000.0, 64), (f64::MIN_POSITIVE, 1)] {
        assert!(
            Format::new(rate, channels).is_ok(),
            "{rate} Hz, {channels} channels"
        );
    }
}

#[test]
fn formats_that_do_not_fit() -> Result<()> {
    let desk = Desk::new()?;
    let Desk {
        engine,
        main,
        source,
        player,
        ..
    } = &desk;
    // Any rate is converted, up to a ratio.
    let too_slow = Format::new(187.0, 2)?;
    let refused_connect = || engine.connect_with_format(source, main, 0, 0, too_slow);
    desk.refuses(kind!(Exception), "187 Hz|48000 Hz|256", refused_connect);
    // The format that was refused is not the one that the next connection takes.
    engine.connect(source, main, 0, 0)?;
    let slow = engine.create_source(too_slow, |block| block.channel_mut(0).fill(1.0))?;
    refuses! { desk, Exception, "187 Hz|48000 Hz|256"; engine.connect(&slow, main, 0, 0); }
    let mono = constant_buffer(&[1.0], 10);
    refuses! { desk, Format, "1|2"; player.schedule(&mono); }
    refuses! { desk, Format, "1|2"; player.schedule_as(&mono, Schedule::default()); }
    Ok(())
}

#[test]
fn samples_that_make_no_buffer() -> Result<()> {
    let stereo = format(2);
    fails! { Format, "1|2"; Buffer::from_planar(stereo, &[&[0.0]]); }
    refused(
        kind!(InvalidArgument),
        "2|1",
        Buffer::from_planar(stereo, &[&[0.0], &[0.0; 2]]),
    );
    let mut builder = BufferBuilder::new(stereo, 10)?;
    builder.write(&[&[0.5; 8], &[0.25; 8]])?;
    refused(
        kind!(OutOfRange),
        "3|2 of 10",
        builder.write(&[&[1.0; 3], &[1.0; 3]]),
    );
    fails! { Format, "3|2"; builder.write(&[&[1.0], &[1.0], &[1.0]]); }
    let buffer = builder.finish();
    assert_eq!(
        (buffer.channel(0), buffer.channel(1)),
        (&[0.5; 8][..], &[0.25; 8][..])
    );
    Ok(())
}
