//! What the graph lock needs of the desk.

#[path = "../../../src/desk/graph_lock.rs"]
pub(crate) mod graph_lock;

pub(crate) mod routing {
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(crate) struct Endpoint {
        pub(crate) bus: usize,
    }
}

pub(crate) mod node {
    use std::fmt::Debug;

    pub(crate) trait DeskNode: Debug {
        type Connection: Debug;
    }

    pub(crate) type Connection<N> = <N as DeskNode>::Connection;
}

pub(crate) mod strip {
    use crate::desk::routing::Endpoint;
    use crate::sync::spin::{SpinGuard, SpinMutex};

    #[derive(Debug)]
    pub(crate) struct State<C> {
        pub(crate) place: Endpoint,
        pub(crate) feed: Option<C>,
    }

    impl<C> State<C> {
        pub(crate) fn uses_engine(&self) -> bool {
            self.feed.is_some()
        }
    }

    pub(crate) type StripGuard<'a, C> = SpinGuard<'a, State<C>>;

    #[derive(Debug)]
    pub(crate) struct Strip<C>(SpinMutex<State<C>>);

    impl<C> Strip<C> {
        pub(crate) fn new(bus: usize, connection: C) -> Self {
            Self(SpinMutex::new(State {
                place: Endpoint { bus },
                feed: Some(connection),
            }))
        }

        pub(crate) fn lock(&self) -> StripGuard<'_, C> {
            self.0.lock()
        }

        pub(crate) fn try_lock(&self) -> Option<StripGuard<'_, C>> {
            self.0.try_lock()
        }

        pub(crate) fn is_listed(&self, locked: &StripGuard<'_, C>) -> bool {
            self.0.is_marked(locked)
        }

        pub(crate) fn set_listed(&self, locked: &StripGuard<'_, C>, listed: bool) {
            self.0.set_mark(locked, listed);
        }
    }
}

pub(crate) mod graph {
    use std::sync::Arc;

    use crate::desk::node::{Connection, DeskNode};
    use crate::desk::routing::Endpoint;
    use crate::desk::strip::Strip;

    #[derive(Debug)]
    pub(crate) struct Graph<N: DeskNode> {
        pub(crate) strips: Vec<Arc<Strip<Connection<N>>>>,
    }

    impl<N: DeskNode> Default for Graph<N> {
        fn default() -> Self {
            Self { strips: Vec::new() }
        }
    }

    impl<N: DeskNode> Graph<N> {
        pub(crate) fn used_strips(&self) -> usize {
            self.strips.len()
        }

        pub(crate) fn strip(&self, place: Endpoint) -> Option<&Strip<Connection<N>>> {
            self.strips.get(place.bus).map(|strip| &**strip)
        }
    }
}
