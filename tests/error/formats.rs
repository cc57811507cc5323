//! Formats that do not fit.

use perbus::{Format, Result, Schedule};

use crate::common::*;
use crate::desk::*;

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
    // Any rate is converted, up to a certain ratio.
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
