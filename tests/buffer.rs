//! Buffers that cannot be made.

mod common;
#[path = "common/refusals.rs"]
mod refusals;

use common::format;
use perbus::{Buffer, BufferBuilder, Result};
use refusals::*;

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
