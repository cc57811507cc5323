//! What strips control on this platform's engine, and the engine as the desk drives it: Apple's has
//! no masters, so that they are multiplied in between.

#[cfg(not(target_vendor = "apple"))]
mod platform {
    use crate::engine::connection::{Connection, Native};

    pub(crate) type DeskEngine = Native;
    pub(crate) type Target = Connection;

    pub(crate) fn desk_engine(native: Native) -> DeskEngine {
        native
    }

    pub(crate) fn target(connection: Connection) -> Target {
        connection
    }
}

#[cfg(target_vendor = "apple")]
mod platform {
    use crate::desk::software_masters::{Fader, SoftwareMasters};
    use crate::engine::connection::{Connection, Native};

    pub(crate) type DeskEngine = SoftwareMasters<Native>;
    pub(crate) type Target = Fader<Connection>;

    pub(crate) fn desk_engine(native: Native) -> DeskEngine {
        SoftwareMasters::new(native)
    }

    pub(crate) fn target(connection: Connection) -> Target {
        connection.into()
    }
}

pub(crate) use platform::{desk_engine, target, DeskEngine, Target};
