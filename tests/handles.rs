//! What the handles print.

mod common;

use common::{format, running};
use perbus::Result;

/// Each mixer feeds the next one over two buses: a million ways lead through twenty.
#[test]
fn a_handle_prints_itself_and_not_the_graph() -> Result<()> {
    let engine = running(2);
    let mut last = engine.create_mixer()?;
    for _ in 0..20 {
        let next = engine.create_mixer()?;
        engine.connect_many(&last, 0, &[(&next, 0), (&next, 1)], format(2))?;
        last = next;
    }
    let bus = last.bus(1)?;
    bus.set_label("right");
    for text in [format!("{last:?}"), format!("{bus:?}")] {
        assert!(text.contains("Mixer") && text.len() < 1000, "{text}");
    }
    assert!(format!("{bus:?}").contains("right"));
    Ok(())
}
