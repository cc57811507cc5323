//! Which source feeds which input bus: the map behind every per-bus call. Pure Rust, no ffi.
//!
//! It follows the engine's rules: an input bus has one source, a plain connection moves its source,
//! and disconnecting or removing a node ends its connections.

/// One bus of a node; nodes are numbered by the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Endpoint {
    pub(crate) node: u32,
    pub(crate) bus: u32,
}

/// Stands for a mixer's output volume among its buses.
pub(crate) const OUTPUT: u32 = u32::MAX;

/// Stands for the mixer of groups' faders, whose buses are the groups.
pub(crate) const GROUPS: u32 = u32::MAX - 1;

impl Endpoint {
    /// The place of a strip whose mixer is detached.
    pub(crate) const NOWHERE: Self = Self {
        node: u32::MAX,
        bus: 0,
    };

    /// The place of a mixer's output volume.
    pub(crate) fn output_of(node: u32) -> Self {
        Self { node, bus: OUTPUT }
    }
}

/// What feeds one input bus, and what the owner of the map keeps with it.
#[derive(Clone, Debug)]
pub(crate) struct Link<T> {
    pub(crate) source: Endpoint,
    pub(crate) payload: T,
    /// The destination's index in the list of its source's bus.
    place: usize,
}

#[derive(Debug)]
struct Node<T> {
    inputs: Vec<Option<Link<T>>>,
    /// By output bus: the input buses that it feeds.
    outputs: Vec<Vec<Endpoint>>,
}

// Not derived: that would require a default payload.
impl<T> Default for Node<T> {
    fn default() -> Self {
        Self {
            inputs: Vec::new(),
            outputs: Vec::new(),
        }
    }
}

/// `node -> input bus -> (source, source bus)`, with flat vectors: a look-up is two indexings.
#[derive(Debug)]
pub(crate) struct Routing<T> {
    nodes: Vec<Node<T>>,
    links: usize,
}

impl<T> Default for Routing<T> {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            links: 0,
        }
    }
}

impl<T> Routing<T> {
    /// What feeds `destination`.
    pub(crate) fn link(&self, destination: Endpoint) -> Option<&Link<T>> {
        self.nodes
            .get(destination.node as usize)?
            .inputs
            .get(destination.bus as usize)?
            .as_ref()
    }

    /// The input buses that a node feeds, whichever its output bus.
    pub(crate) fn fed_by(&self, node: u32) -> impl Iterator<Item = Endpoint> + '_ {
        self.nodes
            .get(node as usize)
            .into_iter()
            .flat_map(|entry| entry.outputs.iter().flatten().copied())
    }

    /// The output buses that feed a node, whichever its input bus.
    pub(crate) fn feeding(&self, node: u32) -> impl Iterator<Item = Endpoint> + '_ {
        self.nodes
            .get(node as usize)
            .into_iter()
            .flat_map(|entry| entry.inputs.iter().flatten().map(|link| link.source))
    }

    /// The input buses that an output bus feeds, in no order.
    pub(crate) fn destinations(&self, source: Endpoint) -> &[Endpoint] {
        self.nodes
            .get(source.node as usize)
            .and_then(|node| node.outputs.get(source.bus as usize))
            .map_or(&[], Vec::as_slice)
    }

    /// How many connections there are.
    pub(crate) fn link_count(&self) -> usize {
        self.links
    }

    /// Every connection: (destination, what feeds it).
    pub(crate) fn links(&self) -> impl Iterator<Item = (Endpoint, &Link<T>)> {
        (0..).zip(&self.nodes).flat_map(|(node, entry)| {
            (0..)
                .zip(&entry.inputs)
                .filter_map(move |(bus, link)| Some((Endpoint { node, bus }, link.as_ref()?)))
        })
    }

    /// How many input buses of the node the map has seen.
    pub(crate) fn input_count(&self, node: u32) -> u32 {
        self.nodes
            .get(node as usize)
            .map_or(0, |entry| entry.inputs.len() as u32)
    }

    /// The source's bus feeds `destination`, besides what it feeds already; `destination` has no
    /// other source.
    pub(crate) fn join(&mut self, source: Endpoint, destination: Endpoint, payload: T) {
        self.disconnect_input(destination);
        let fed = slot(&mut self.node(source.node).outputs, source.bus);
        let place = fed.len();
        fed.push(destination);
        let inputs = &mut self.node(destination.node).inputs;
        *slot(inputs, destination.bus) = Some(Link {
            source,
            payload,
            place,
        });
        self.links += 1;
    }

    /// Nothing feeds `destination` any more.
    pub(crate) fn disconnect_input(&mut self, destination: Endpoint) {
        let Some(link) = self.input(destination).and_then(Option::take) else {
            return;
        };
        self.links -= 1;
        let fed = slot(&mut self.node(link.source.node).outputs, link.source.bus);
        fed.swap_remove(link.place);
        let moved = fed.get(link.place).copied();
        if let Some(moved) = moved.and_then(|moved| self.input(moved)?.as_mut()) {
            moved.place = link.place;
        }
    }

    /// `source` feeds nothing any more.
    pub(crate) fn disconnect_output(&mut self, source: Endpoint) {
        for destination in self.destinations(source).to_vec() {
            self.disconnect_input(destination);
        }
    }

    /// The node is connected to nothing any more.
    pub(crate) fn remove(&mut self, node: u32) {
        let Some(entry) = self.nodes.get(node as usize) else {
            return;
        };
        let (inputs, outputs) = (entry.inputs.len() as u32, entry.outputs.len() as u32);
        for bus in 0..inputs {
            self.disconnect_input(Endpoint { node, bus });
        }
        for bus in 0..outputs {
            self.disconnect_output(Endpoint { node, bus });
        }
        self.nodes[node as usize] = Node::default();
    }

    fn input(&mut self, destination: Endpoint) -> Option<&mut Option<Link<T>>> {
        let node = self.nodes.get_mut(destination.node as usize)?;
        node.inputs.get_mut(destination.bus as usize)
    }

    fn node(&mut self, node: u32) -> &mut Node<T> {
        slot(&mut self.nodes, node)
    }
}

/// The item at `index`, growing the list with defaults as far as needed.
fn slot<I: Default>(items: &mut Vec<I>, index: u32) -> &mut I {
    let index = index as usize;
    if index >= items.len() {
        items.resize_with(index + 1, I::default);
    }
    &mut items[index]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn at(node: u32, bus: u32) -> Endpoint {
        Endpoint { node, bus }
    }

    /// The source's bus feeds `destination` and nothing else.
    fn connect(routing: &mut Routing<()>, source: Endpoint, destination: Endpoint) {
        routing.disconnect_output(source);
        routing.join(source, destination, ());
    }

    fn source_of(routing: &Routing<()>, destination: Endpoint) -> Option<Endpoint> {
        routing.link(destination).map(|link| link.source)
    }

    #[test]
    fn a_connection_is_found_from_both_ends() {
        let mut routing = Routing::default();
        connect(&mut routing, at(1, 0), at(0, 3));
        assert_eq!(source_of(&routing, at(0, 3)), Some(at(1, 0)));
        assert_eq!(routing.destinations(at(1, 0)), [at(0, 3)]);
        assert_eq!(source_of(&routing, at(0, 2)), None);
        assert_eq!(source_of(&routing, at(9, 9)), None);
    }

    #[test]
    fn connecting_elsewhere_moves_the_source() {
        let mut routing = Routing::default();
        connect(&mut routing, at(1, 0), at(0, 0));
        connect(&mut routing, at(1, 0), at(0, 1));
        assert_eq!(source_of(&routing, at(0, 0)), None);
        assert_eq!(source_of(&routing, at(0, 1)), Some(at(1, 0)));
    }

    #[test]
    fn an_input_bus_has_one_source() {
        let mut routing = Routing::default();
        connect(&mut routing, at(1, 0), at(0, 0));
        connect(&mut routing, at(2, 0), at(0, 0));
        assert_eq!(source_of(&routing, at(0, 0)), Some(at(2, 0)));
        assert!(routing.destinations(at(1, 0)).is_empty());
    }

    #[test]
    fn removing_a_node_ends_its_connections_on_both_sides() {
        let mut routing = Routing::default();
        connect(&mut routing, at(1, 0), at(2, 0));
        connect(&mut routing, at(2, 0), at(0, 0));
        routing.remove(2);
        assert_eq!(routing.links().count(), 0);
        assert!(routing.destinations(at(1, 0)).is_empty());
    }

    #[derive(Clone, Debug)]
    enum Operation {
        Connect(Endpoint, Endpoint),
        Add(Endpoint, Endpoint),
        DisconnectInput(Endpoint),
        DisconnectOutput(Endpoint),
        Remove(u32),
    }

    fn endpoint() -> impl Strategy<Value = Endpoint> {
        (0..5u32, 0..4u32).prop_map(|(node, bus)| at(node, bus))
    }

    fn operation() -> impl Strategy<Value = Operation> {
        prop_oneof![
            5 => (endpoint(), endpoint()).prop_map(|(from, to)| Operation::Connect(from, to)),
            3 => (endpoint(), endpoint()).prop_map(|(from, to)| Operation::Add(from, to)),
            2 => endpoint().prop_map(Operation::DisconnectInput),
            2 => endpoint().prop_map(Operation::DisconnectOutput),
            1 => (0..5u32).prop_map(Operation::Remove),
        ]
    }

    proptest! {
        /// The plain model: a map from input bus to source, rules written out one by one.
        #[test]
        fn follows_a_plain_model(operations in prop::collection::vec(operation(), 1..60)) {
            let mut routing = Routing::default();
            let mut model: BTreeMap<Endpoint, Endpoint> = BTreeMap::new();
            for operation in operations {
                match operation {
                    Operation::Connect(source, destination) => {
                        connect(&mut routing, source, destination);
                        model.retain(|_, fed_by| *fed_by != source);
                        model.insert(destination, source);
                    }
                    Operation::Add(source, destination) => {
                        routing.join(source, destination, ());
                        model.insert(destination, source);
                    }
                    Operation::DisconnectInput(destination) => {
                        routing.disconnect_input(destination);
                        model.remove(&destination);
                    }
                    Operation::DisconnectOutput(source) => {
                        routing.disconnect_output(source);
                        model.retain(|_, fed_by| *fed_by != source);
                    }
                    Operation::Remove(node) => {
                        routing.remove(node);
                        model.retain(|destination, source| {
                            destination.node != node && source.node != node
                        });
                    }
                }
                let links: BTreeMap<_, _> =
                    routing.links().map(|(destination, link)| (destination, link.source)).collect();
                prop_assert_eq!(&links, &model);
                prop_assert_eq!(routing.link_count(), model.len());
                for (destination, source) in &model {
                    prop_assert!(routing.destinations(*source).contains(destination));
                }
                let fed: usize = (0..5).map(|node| routing.fed_by(node).count()).sum();
                prop_assert_eq!(fed, model.len());
            }
        }
    }
}
