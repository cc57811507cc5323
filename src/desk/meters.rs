//! Meters that the desk's engine keeps for buses and mixers' outputs: they go with the connection, or
//! with the node. Pure Rust, no ffi.

use std::collections::BTreeMap;

use crate::desk::routing::{Endpoint, Routing};

/// By input bus, or by [place](Endpoint::output_of) of a mixer's output. Empty wherever the engine has
/// meters itself: then no edit looks any further.
#[derive(Debug)]
pub(crate) struct Meters<M>(BTreeMap<Endpoint, M>);

// Not derived: that would require the same of the meters.
impl<M> Default for Meters<M> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<M> Meters<M> {
    pub(crate) fn get(&self, place: Endpoint) -> Option<&M> {
        self.0.get(&place)
    }

    pub(crate) fn insert(&mut self, place: Endpoint, meter: M) {
        self.0.insert(place, meter);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// A meter of what this output bus makes, whichever it feeds.
    pub(crate) fn of_output<T>(&self, routing: &Routing<T>, output: Endpoint) -> Option<&M> {
        let own = (output.bus == 0).then(|| Endpoint::output_of(output.node));
        let fed = routing.destinations(output).iter().copied();
        own.into_iter()
            .chain(fed)
            .find_map(|place| self.0.get(&place))
    }

    /// What feeds this input bus is going to change.
    pub(crate) fn end(&mut self, to: Endpoint) {
        if !self.0.is_empty() {
            self.0.remove(&to);
        }
    }

    /// This output bus is going to feed nothing.
    pub(crate) fn end_from<T>(&mut self, routing: &Routing<T>, from: Endpoint) {
        if !self.0.is_empty() {
            for to in routing.destinations(from) {
                self.0.remove(to);
            }
        }
    }

    /// The node is going to leave.
    pub(crate) fn end_at<T>(&mut self, routing: &Routing<T>, slot: u32) {
        if !self.0.is_empty() {
            for to in routing.fed_by(slot) {
                self.0.remove(&to);
            }
            self.0.retain(|place, _| place.node != slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(node: u32, bus: u32) -> Endpoint {
        Endpoint { node, bus }
    }

    #[test]
    fn meters_go_with_their_connections_and_nodes() {
        let mut routing = Routing::default();
        let buses = [at(0, 3), at(1, 0), at(1, 1)];
        for to in buses {
            routing.join(at(2, 0), to, ());
        }
        let mut meters = Meters::default();
        let left = |meters: &Meters<u32>| -> Vec<u32> { meters.0.values().copied().collect() };
        let fill = |meters: &mut Meters<u32>| {
            for (meter, place) in (0..).zip(buses) {
                meters.insert(place, meter);
            }
            meters.insert(Endpoint::output_of(1), 3);
            meters.insert(Endpoint::output_of(2), 4);
        };
        fill(&mut meters);
        assert_eq!(meters.of_output(&routing, at(2, 0)), Some(&4));
        assert_eq!(meters.of_output(&routing, at(2, 1)), None);
        meters.end(at(1, 1));
        assert_eq!(left(&meters), [0, 1, 3, 4]);
        meters.end_from(&routing, at(2, 0));
        assert_eq!(left(&meters), [3, 4]);
        fill(&mut meters);
        meters.end_at(&routing, 1);
        assert_eq!(left(&meters), [0, 4]);
        meters.end_at(&routing, 2);
        assert_eq!(left(&meters), []);
    }
}
