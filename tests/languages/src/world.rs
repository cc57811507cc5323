//! What a script has made, by name, and how it is asked for.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use perbus::{
    AnyNode, Buffer, BufferEnd, Bus, Engine, EngineScene, Equalizer, Error, Fade, FadeEnd, Group,
    Matrix, Mixer, NodeId, Player, Recorder, Scene,
};

use crate::runner::listening::Listening;

/// Why a line has no answer of its own.
pub(crate) enum Failure {
    /// An object of that name was never made.
    Missing,
    /// The operation is one of another file.
    Other,
    Refused(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

pub(crate) type Answer = Result<String, Failure>;

/// How a fade ended; `None` while it has not.
pub(crate) type End = Arc<Mutex<Option<FadeEnd>>>;

type Found<T> = Result<T, Failure>;

/// How scheduled buffers ended, by the lines that scheduled them.
#[derive(Default)]
pub(crate) struct Ends {
    ended: Mutex<BTreeMap<usize, BufferEnd>>,
    one_more: Condvar,
}

impl Ends {
    pub(crate) fn put(&self, line: usize, end: BufferEnd) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.insert(line, end);
        self.one_more.notify_all();
    }

    /// Waits for so many, which come from a thread of the engine.
    pub(crate) fn wait(&self, count: usize) -> BTreeMap<usize, BufferEnd> {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = Duration::from_secs(20);
        let waited = self
            .one_more
            .wait_timeout_while(ended, limit, |ended| ended.len() < count);
        waited.unwrap_or_else(PoisonError::into_inner).0.clone()
    }
}

#[derive(Default)]
pub(crate) struct World {
    pub(crate) engines: HashMap<String, Engine>,
    pub(crate) nodes: HashMap<String, AnyNode>,
    pub(crate) ids: HashMap<NodeId, String>,
    pub(crate) buffers: HashMap<String, Buffer>,
    pub(crate) groups: HashMap<String, Group>,
    pub(crate) scenes: HashMap<String, Scene>,
    pub(crate) engine_scenes: HashMap<String, EngineScene>,
    pub(crate) fades: HashMap<String, (Fade, End)>,
    pub(crate) ends: Arc<Ends>,
    pub(crate) scheduled: usize,
    pub(crate) taps: HashMap<String, Listening>,
    pub(crate) takes: HashMap<String, Recorder>,
    /// The path of the script.
    pub(crate) script: String,
    /// The number of the line that is being run.
    pub(crate) line: usize,
}

/// One kind of node by name.
macro_rules! node {
    ($name:ident, $kind:ident) => {
        pub(crate) fn $name(&self, name: &str) -> Found<&$kind> {
            match self.node(name)? {
                AnyNode::$kind(node) => Ok(node),
                _ => Err(Failure::Missing),
            }
        }
    };
}

impl World {
    pub(crate) fn engine(&self, name: &str) -> Found<&Engine> {
        self.engines.get(name).ok_or(Failure::Missing)
    }

    pub(crate) fn node(&self, name: &str) -> Found<&AnyNode> {
        self.nodes.get(name).ok_or(Failure::Missing)
    }

    node!(mixer, Mixer);
    node!(player, Player);
    node!(equalizer, Equalizer);
    node!(matrix, Matrix);

    pub(crate) fn bus(&self, mixer: &str, bus: &str) -> Found<Bus> {
        Ok(self.mixer(mixer)?.bus(number(bus))?)
    }

    pub(crate) fn engine_scene(&self, name: &str) -> Found<&EngineScene> {
        self.engine_scenes.get(name).ok_or(Failure::Missing)
    }

    pub(crate) fn group(&self, name: &str) -> Found<&Group> {
        self.groups.get(name).ok_or(Failure::Missing)
    }

    /// Buses as they are named in the script.
    pub(crate) fn buses(&self, buses: impl IntoIterator<Item = Bus>) -> String {
        let point = |bus: Bus| self.point(Some((bus.mixer().id(), bus.number())));
        let all: Vec<_> = buses.into_iter().map(point).collect();
        all.join(" ")
    }

    pub(crate) fn keep(&mut self, name: &str, node: AnyNode) -> Answer {
        self.ids.insert(node.id(), name.to_owned());
        self.nodes.insert(name.to_owned(), node);
        Ok(String::new())
    }

    /// A bus of a node, as it is named in the script.
    pub(crate) fn point(&self, point: Option<(NodeId, u32)>) -> String {
        let Some((node, bus)) = point else {
            return "nothing".into();
        };
        let unknown = "unknown".to_owned();
        format!("{} {bus}", self.ids.get(&node).unwrap_or(&unknown))
    }
}

/// A value of a script.
pub(crate) fn number<T: std::str::FromStr>(text: &str) -> T {
    match text.parse() {
        Ok(value) => value,
        Err(_) => panic!("{text} is no number of the right kind"),
    }
}

/// A value, or `-` for none.
pub(crate) fn optional<T: std::str::FromStr>(text: &str) -> Option<T> {
    (text != "-").then(|| number(text))
}
