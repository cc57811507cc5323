//! What strips control on this platform's engine, and the engine as the desk drives it: Apple's has
//! no masters and no pan laws, so that volumes are multiplied and pans converted in between.

#[cfg(not(target_vendor = "apple"))]
mod platform {
    use crate::desk::pan_law::PanLaw;
    use crate::engine::connection::{Connection, Native};

    pub(crate) type DeskEngine = Native;
    pub(crate) type Target = Connection;

    pub(crate) fn desk_engine(native: Native) -> DeskEngine {
        native
    }

    /// The engine pans by the law itself.
    pub(crate) fn target(connection: Connection, _law: PanLaw) -> Target {
        connection
    }
}

#[cfg(target_vendor = "apple")]
mod platform {
    use crate::desk::pan_law::PanLaw;
    use crate::desk::software_masters::{Fader, SoftwareMasters};
    use crate::engine::connection::{Connection, Native};

    pub(crate) type DeskEngine = SoftwareMasters<Native>;
    pub(crate) type Target = Fader<Connection>;

    pub(crate) fn desk_engine(native: Native) -> DeskEngine {
        SoftwareMasters::new(native)
    }

    pub(crate) fn target(connection: Connection, law: PanLaw) -> Target {
        Fader::new(connection, law)
    }
}

pub(crate) use platform::{desk_engine, target, DeskEngine, Target};
