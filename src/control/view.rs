//! Views of the graph: Graphviz text, and a table of a mixer's buses.

use std::fmt::{self, Write as _};

use crate::desk::decibels::to_db;
use crate::desk::graph::Live;
use crate::engine::node::{sealed::AsNode, NodeId};
use crate::engine::raw_node::RawNode;
use crate::engine::Engine;
use crate::nodes::mixer::Mixer;

impl Engine {
    /// The graph in Graphviz's language: nodes by kind and number, connections with their buses
    /// and, into mixers, volume and pan. `dot -Tsvg` draws it.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let player = engine.create_player()?;
    /// engine.connect(&player, &engine.main_mixer(), 0, 3)?;
    /// let dot = engine.to_dot();
    /// assert!(dot.starts_with("digraph perbus {"));
    /// assert!(dot.contains("player 2"));
    /// assert!(dot.contains("bus 3: 0.0 dB"));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    #[must_use]
    pub fn to_dot(&self) -> String {
        let mut dot = String::from("digraph perbus {\n    rankdir=LR;\n    node [shape=box];\n");
        let Ok(graph) = self.desk().read() else {
            dot.push_str("}\n");
            return dot;
        };
        for node in graph.shown_nodes() {
            if let Ok(slot) = node.slot() {
                let _ = writeln!(dot, "    n{slot} [label=\"{}\"];", NodeId::of(node));
            }
        }
        for (destination, link) in graph.routing.links() {
            let Live {
                source,
                destination: mixer,
            } = &link.payload;
            if source.is_hidden || mixer.is_hidden {
                continue;
            }
            let (from, to) = (link.source.node, destination.node);
            let label = edge(self, mixer, destination.bus);
            let _ = writeln!(dot, "    n{from} -> n{to} [label=\"{label}\"];");
        }
        dot.push_str("}\n");
        dot
    }
}

fn edge(engine: &Engine, destination: &RawNode, bus: u32) -> String {
    let Some(strip) = destination.strips.get(bus) else {
        return format!("bus {bus}");
    };
    let decibels = to_db(strip.heard_volume(|| engine.now()));
    let pan = strip.pan(|| engine.now());
    // A quote or a backslash would end Graphviz's string.
    let label = strip.label().replace('\\', "\\\\").replace('"', "\\\"");
    let gap = if label.is_empty() { "" } else { " " };
    format!("bus {bus}{gap}{label}: {decibels:.1} dB, pan {pan:+.2}")
}

/// A table of the mixer's buses that have a source or a strip: number, label, source, volume, pan
/// and what silences them.
///
/// ```
/// # use perbus::{Engine, Format};
/// let mixer = Engine::offline(Format::new(48_000.0, 2)?, 512)?.main_mixer();
/// mixer.bus(1)?.set_label("bass");
/// mixer.bus(1)?.set_muted(true)?;
/// let table = mixer.to_string();
/// assert!(table.lines().nth(1).unwrap().contains("bass"));
/// assert!(table.contains("mute"));
/// # Ok::<(), perbus::Error>(())
/// ```
impl fmt::Display for Mixer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let raw = &self.as_node().raw;
        write!(
            formatter,
            "{:>5} {:12} {:12} {:>8} {:>6}",
            "bus", "label", "source", "dB", "pan"
        )?;
        let Ok(graph) = self.engine().desk().read() else {
            return Ok(());
        };
        for (bus, strip) in raw.strips.iter() {
            let link = graph.link(raw, bus).ok().flatten();
            let link = link.filter(|link| !link.payload.source.is_hidden);
            let source = link.map_or_else(
                || "-".to_owned(),
                |link| NodeId::of(&link.payload.source).to_string(),
            );
            let (faders, now) = (strip.faders(), || self.engine().now());
            write!(
                formatter,
                "\n{bus:>5} {:12} {source:12} {:>8.1} {:>+6.2}",
                strip.label(),
                to_db(strip.volume(now)),
                strip.pan(now),
            )?;
            for (set, word) in [
                (faders.muted, "mute"),
                (faders.soloed, "solo"),
                (faders.solo_safe, "safe"),
            ] {
                if set {
                    write!(formatter, " {word}")?;
                }
            }
        }
        Ok(())
    }
}
