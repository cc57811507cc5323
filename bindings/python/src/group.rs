//! Groups, and sends.

use std::hash::{DefaultHasher, Hash, Hasher};

use perbus::{Curve, Meter, SendTap};
use pyo3::exceptions::PyTypeError;

use crate::bus::{Fade, Fades};
use crate::prelude::*;

/// A fader, mute and solo that several strips share, on any mixers of an engine: a VCA. It has no sound
/// of its own; its fader multiplies those of its members, which stay where they are.
///
/// A strip may be in several groups, and groups may be in groups, though not in a circle; a group acts
/// on a strip once, however many ways lead to it.
///
/// >>> import perbus
/// >>> engine = perbus.Engine.offline(48000, 2)
/// >>> drums = engine.create_group("drums")
/// >>> drums.add(engine.main_mixer.bus(0), engine.main_mixer.bus(1))
/// >>> drums.volume_db = -6.0
/// >>> [bus.number for bus in drums.members], engine.main_mixer.bus(1).volume
/// ([0, 1], 1.0)
#[pyclass(module = "perbus", frozen)]
pub(crate) struct Group {
    engine: Py<Engine>,
    group: Arc<Slot<perbus::Group>>,
}

impl Handle for Group {
    type Native = perbus::Group;

    fn call<T: Send>(
        slf: &Bound<'_, Self>, native: impl FnOnce(&perbus::Group) -> perbus::Result<T> + Send,
    ) -> PyResult<T> {
        let group = slf.get().group.get().ok_or_else(|| Core::closed(slf.py()))?;
        slf.get().engine.get().core.call(slf.py(), move || native(&group))
    }
}

impl Fades for Group {
    fn engine_of<'a, 'py>(slf: &'a Bound<'py, Self>) -> &'a Bound<'py, Engine> {
        slf.get().engine.bind(slf.py())
    }
}

impl Group {
    pub(crate) fn new(engine: &Bound<'_, Engine>, group: perbus::Group) -> Self {
        let group = Arc::new(Slot::new(group));
        engine.get().core.ends(group.clone());
        Self { engine: engine.clone().unbind(), group }
    }

    fn all(engine: &Bound<'_, Engine>, groups: Vec<perbus::Group>) -> Vec<Self> {
        groups.into_iter().map(|group| Self::new(engine, group)).collect()
    }

    fn with_buses(
        slf: &Bound<'_, Self>, buses: &Bound<'_, PyTuple>,
        native: impl FnOnce(&perbus::Group, &[perbus::Bus]) -> perbus::Result<()> + Send,
    ) -> PyResult<()> {
        let mut all = Vec::new();
        for bus in buses {
            let bus = bus.cast::<Bus>().map_err(|_| wanted("a perbus.Bus", &bus))?.get();
            let core = &bus.engine.get().core;
            all.push((bus.mixer.held::<perbus::Mixer>(slf.py(), core)?, bus.number));
        }
        Self::call(slf, move |group| {
            let buses = all.iter().map(|(mixer, number)| mixer.bus(*number));
            native(group, &buses.collect::<perbus::Result<Vec<_>>>()?)
        })
    }

    fn with_group(
        slf: &Bound<'_, Self>, member: &Bound<'_, Self>,
        native: impl FnOnce(&perbus::Group, &perbus::Group) -> perbus::Result<()> + Send,
    ) -> PyResult<()> {
        let member = member.get().group.get().ok_or_else(|| Core::closed(slf.py()))?;
        Self::call(slf, move |group| native(group, &member))
    }
}

forward!(Group {
    /// What the group is called; names need not differ.
    #[getter]
    name() -> String;

    /// Tells the group apart from the engine's other groups: 0 for the first one that was made. No number
    /// is used twice.
    #[getter]
    number() -> u32;

    /// The group's fader: a linear gain, 0 to 4, initially 1. What is heard of a member is at most 4.
    ///
    /// :raises OutOfRangeError: when it is set to another value
    #[getter]
    volume() -> f32;

    #[setter]
    set_volume(volume: Single);

    /// The group's fader in decibels: 0 at unity, minus infinity at silence.
    ///
    /// :raises OutOfRangeError: when it is set to more than 12.04 dB, a gain of 4
    #[getter]
    volume_db() -> f32;

    #[setter]
    set_volume_db(decibels: Single);

    /// Whether the members are silent because of the group; their own mutes stay as they are.
    #[getter(muted)]
    is_muted() -> bool;

    #[setter]
    set_muted(muted: bool);

    /// Whether all members are soloed by the group; their own solos stay as they are.
    #[getter(soloed)]
    is_soloed() -> bool;

    #[setter]
    set_soloed(soloed: bool);
});

#[pymethods]
impl Group {
    /// The members' meters as one, those of groups in this one too, each bus once, after all faders: the
    /// power sum of their RMS, the highest of their peaks, all their clips. Buses without a source count
    /// as silent. The first call switches the members' meters on.
    ///
    /// :raises UnsupportedError: as `Bus.meter`
    /// :raises InvalidArgumentError: likewise
    fn meter(&self, py: Python<'_>) -> PyResult<Value<Meter>> {
        let group = self.group.get().ok_or_else(|| Core::closed(py))?;
        Core::wait(py, move || group.meter()).map(Value)
    }

    /// The engine whose group it is.
    #[getter]
    fn engine(&self, py: Python<'_>) -> Py<Engine> {
        self.engine.clone_ref(py)
    }

    #[setter]
    fn set_name(slf: &Bound<'_, Self>, name: String) -> PyResult<()> {
        Self::call(slf, move |group| {
            group.set_name(&name);
            Ok(())
        })
    }

    /// Makes buses members, which they stay while sources come and go: all of them, heard from one block
    /// on, or none.
    ///
    /// :raises WrongEngineError: for a bus of another engine
    /// :raises NotAttachedError: when the group was removed
    #[pyo3(signature = (*buses))]
    fn add(slf: &Bound<'_, Self>, buses: &Bound<'_, PyTuple>) -> PyResult<()> {
        Self::with_buses(slf, buses, |group, buses| group.add_all(buses))
    }

    /// Takes buses out of the group, heard from one block on; no effect for those that are not directly in
    /// it. Fails as `add`.
    #[pyo3(signature = (*buses))]
    fn remove(slf: &Bound<'_, Self>, buses: &Bound<'_, PyTuple>) -> PyResult<()> {
        Self::with_buses(slf, buses, |group, buses| group.remove_all(buses))
    }

    /// Puts a group into this one, which then acts on all of its members.
    ///
    /// :raises CycleError: if the groups would contain each other
    /// :raises WrongEngineError: for a group of another engine
    fn add_group(slf: &Bound<'_, Self>, member: &Bound<'_, Self>) -> PyResult<()> {
        Self::with_group(slf, member, |group, member| group.add_group(member))
    }

    /// Takes a group out of this one; no effect if it is not directly in it.
    fn remove_group(slf: &Bound<'_, Self>, member: &Bound<'_, Self>) -> PyResult<()> {
        Self::with_group(slf, member, |group, member| group.remove_group(member))
    }

    /// The buses that are directly in the group, not those of groups in it.
    #[getter]
    fn members(slf: &Bound<'_, Self>) -> PyResult<Vec<Bus>> {
        let members = Self::call(slf, |group| Ok(group.members()))?;
        Ok(Bus::all(slf.get().engine.bind(slf.py()), members))
    }

    /// The groups that are directly in this one.
    #[getter]
    fn inner_groups(slf: &Bound<'_, Self>) -> PyResult<Vec<Self>> {
        let groups = Self::call(slf, |group| Ok(group.inner_groups()))?;
        Ok(Self::all(slf.get().engine.bind(slf.py()), groups))
    }

    /// The groups that this one is directly in.
    #[getter]
    fn groups(slf: &Bound<'_, Self>) -> PyResult<Vec<Self>> {
        let groups = Self::call(slf, |group| Ok(group.groups()))?;
        Ok(Self::all(slf.get().engine.bind(slf.py()), groups))
    }

    /// Fades the group's fader, as `Bus.fade_to` does. The members' own fades go on at the same time:
    /// each frame has the product.
    #[pyo3(signature = (volume, seconds, curve = Value(Curve::Linear), on_end = None))]
    #[pyo3(text_signature = "($self, volume, seconds, curve=<Curve.LINEAR: 0>, on_end=None)")]
    fn fade_to(
        slf: &Bound<'_, Self>, volume: Single, seconds: Seconds, curve: Value<Curve>,
        on_end: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Fade> {
        Self::fade(slf, on_end, move |group, ended| {
            group.fade_to_with(volume.0, seconds.0, curve.0, ended)
        })
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| {
            let (one, other) = (self.group.get(), other.get().group.get());
            one.is_some_and(|one| other.is_some_and(|other| *one == *other))
        })
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        if let Some(group) = self.group.get() {
            group.hash(&mut hasher);
        }
        hasher.finish()
    }

    fn __repr__(slf: &Bound<'_, Self>) -> String {
        match Self::call(slf, |group| Ok((group.name(), group.volume()))) {
            Ok((name, volume)) => format!("<perbus.Group {name:?}: volume {volume}>"),
            Err(_) => "<perbus.Group closed>".to_owned(),
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.engine)
    }
}

#[pymethods]
impl Engine {
    /// Makes a group without members: a fader, mute and solo for several strips.
    fn create_group(slf: &Bound<'_, Self>, name: String) -> PyResult<Group> {
        let group = Self::call(slf, move |engine| engine.create_group(&name))?;
        Ok(Group::new(slf, group))
    }

    /// All groups of the engine, in the order in which they were made.
    #[getter]
    fn groups(slf: &Bound<'_, Self>) -> PyResult<Vec<Group>> {
        Ok(Group::all(slf, Self::call(slf, |engine| Ok(engine.groups()))?))
    }

    /// Ends a group: its members sound as if they had never been in it, and so do the groups in it. Fades
    /// of its fader stop.
    ///
    /// :raises WrongEngineError: for a group of another engine
    /// :raises NotAttachedError: when it was removed already
    fn remove_group(slf: &Bound<'_, Self>, group: &Bound<'_, Group>) -> PyResult<()> {
        let group = group.get().group.get().ok_or_else(|| Core::closed(slf.py()))?;
        Self::call(slf, move |engine| engine.remove_group(&group))
    }
}

#[pymethods]
impl Bus {
    /// The groups that the bus is a direct member of.
    #[getter]
    fn groups(slf: &Bound<'_, Self>) -> PyResult<Vec<Group>> {
        let groups = Self::call(slf, |bus| Ok(bus.groups()))?;
        Ok(Group::all(slf.get().engine.bind(slf.py()), groups))
    }

    /// Sends what feeds the bus to a further one, or to the lowest free one of a mixer, and returns that:
    /// its strip is the send's. Its fader is the send's level, times the fader, mute and groups of this bus
    /// for a post-fader send, frame by frame while they fade. The send ends when one of the two gets
    /// another source, or with `end_send`.
    ///
    /// :raises NotConnectedError: when the bus has no source
    /// :raises InvalidArgumentError: for a send to itself
    /// :raises CycleError: when this bus is a send of the other, or gets its sound
    /// :raises WrongEngineError: for a bus or mixer of another engine
    ///
    /// >>> import perbus
    /// >>> engine = perbus.Engine.offline(48000, 2)
    /// >>> voice, reverb = engine.main_mixer.bus(0), engine.create_mixer()
    /// >>> engine.connect(engine.create_player(), voice.mixer)
    /// >>> send = voice.send_to(reverb, perbus.SendTap.POST_FADER)
    /// >>> send.volume, voice.volume = 0.5, 0.5
    /// >>> send.effective_volume, send.send_source == voice, voice.sends == [send]
    /// (0.25, True, True)
    fn send_to(slf: &Bound<'_, Self>, to: &Bound<'_, PyAny>, tap: Value<SendTap>) -> PyResult<Bus> {
        let sent = if let Ok(bus) = to.cast::<Bus>() {
            let (bus, core) = (bus.get(), &bus.get().engine.get().core);
            let (mixer, number) = (bus.mixer.held::<perbus::Mixer>(slf.py(), core)?, bus.number);
            Self::call(slf, move |dry| dry.send_to(&mixer.bus(number)?, tap.0))
        } else {
            let mixer = to.extract::<Held<perbus::Mixer>>().map_err(|raised| {
                let other = raised.is_instance_of::<PyTypeError>(slf.py());
                if other {
                    wanted("a perbus.Bus or perbus.Mixer", to)
                } else {
                    raised
                }
            })?;
            Self::call(slf, move |dry| dry.send_to(&*mixer, tap.0))
        }?;
        Ok(Self::all(slf.get().engine.bind(slf.py()), [sent]).remove(0))
    }

    /// Ends the send: disconnects its bus, whose strip keeps its values and is an ordinary one from now on.
    ///
    /// :raises WrongKindError: for a bus that is no send
    fn end_send(slf: &Bound<'_, Self>) -> PyResult<()> {
        Self::call(slf, perbus::Bus::end_send)
    }

    /// Where the send takes its signal; None for a bus that is no send. Setting it moves the tap to the
    /// other side of the fader, without a click.
    ///
    /// :raises WrongKindError: when it is set for a bus that is no send
    #[getter]
    fn send_tap(slf: &Bound<'_, Self>) -> PyResult<Option<Value<SendTap>>> {
        Ok(Self::call(slf, |bus| Ok(bus.send_tap()))?.map(Value))
    }

    #[setter]
    fn set_send_tap(slf: &Bound<'_, Self>, tap: Value<SendTap>) -> PyResult<()> {
        Self::call(slf, move |bus| bus.set_send_tap(tap.0))
    }

    /// The bus that a send takes its signal from; None for a bus that is no send.
    #[getter]
    fn send_source(slf: &Bound<'_, Self>) -> PyResult<Option<Bus>> {
        let source = Self::call(slf, |bus| Ok(bus.send_source()))?;
        Ok(Bus::all(slf.get().engine.bind(slf.py()), source).pop())
    }

    /// The sends of the bus.
    #[getter]
    fn sends(slf: &Bound<'_, Self>) -> PyResult<Vec<Bus>> {
        let sends = Self::call(slf, |bus| Ok(bus.sends()))?;
        Ok(Self::all(slf.get().engine.bind(slf.py()), sends))
    }
}
