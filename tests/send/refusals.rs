//! What sends refuse, and that nothing has changed then.

use perbus::{Error, Result, SendTap};

use super::{desk, Desk};
use crate::common::*;

#[test]
fn a_send_onto_its_own_source_is_refused() -> Result<()> {
    let Desk {
        engine,
        main,
        aux,
        dry,
        ..
    } = desk()?;
    let itself = dry.send_to(&dry, SendTap::PreFader);
    assert!(matches!(itself, Err(Error::InvalidArgument(_))));
    // The return of the sends, back into the mixer that it comes from.
    let back = main.bus(7)?.send_to(&aux, SendTap::PostFader);
    assert!(matches!(back, Err(Error::Cycle(_))), "{back:?}");
    assert_eq!((dry.sends(), main.bus(7)?.sends()), (vec![], vec![]));
    assert_heard_at_once(&engine, &[1.0]);
    assert_audited(&engine);
    Ok(())
}

#[test]
fn a_circle_of_sends_is_refused() -> Result<()> {
    let Desk {
        engine, aux, dry, ..
    } = desk()?;
    let first = dry.send_to(&aux, SendTap::PostFader)?;
    let second = first.send_to(&aux, SendTap::PostFader)?;
    for (from, to) in [(&first, &dry), (&second, &dry), (&second, &first)] {
        let refused = from.send_to(to, SendTap::PostFader);
        assert!(matches!(refused, Err(Error::Cycle(_))));
    }
    assert_eq!(second.send_source(), Some(first));
    assert_heard(&engine, &[3.0]);
    Ok(())
}

#[test]
fn there_has_to_be_something_to_send() -> Result<()> {
    let Desk {
        engine,
        main,
        aux,
        dry,
        ..
    } = desk()?;
    let nothing = main.bus(3)?.send_to(&aux, SendTap::PreFader);
    assert!(matches!(nothing, Err(Error::NotConnected(_))));
    let theirs = running(1).main_mixer();
    let strange = dry.send_to(&theirs, SendTap::PreFader);
    assert!(matches!(strange, Err(Error::WrongEngine(_))));
    let lost = engine.create_mixer()?;
    engine.detach(&lost)?;
    let detached = dry.send_to(&lost.bus(0)?, SendTap::PreFader);
    assert!(matches!(detached, Err(Error::NotAttached(_))));
    assert_eq!(dry.sends(), []);
    let none = dry.set_send_tap(SendTap::PreFader);
    assert!(matches!(none, Err(Error::WrongKind(_))));
    assert!(matches!(dry.end_send(), Err(Error::WrongKind(_))));
    assert_heard_at_once(&engine, &[1.0]);
    Ok(())
}
