//! Scenes: plain values in Python, of classes that are written there.

use perbus::{BusConfig, Curve, EngineScene, GroupConfig, Scene, SceneParts};

use crate::prelude::*;

impl FromPython for Scene {
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        expect(object, "Scene")?;
        let buses = object.getattr("buses")?;
        let buses = buses.try_iter()?.map(|bus| Ok(bus?.extract::<Value<BusConfig>>()?.0));
        let volume = object.getattr("output_volume")?.extract::<Option<Single>>()?;
        let law = object.getattr("pan_law")?.extract::<Option<Value<_>>>()?;
        let scene = Self::new(buses.collect::<PyResult<_>>()?);
        let scene = scene.with_output_volume(volume.map(|volume| volume.0));
        Ok(scene.with_pan_law(law.map(|law| law.0)))
    }
}

impl ToPython for Scene {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let buses = PyTuple::new(py, self.buses().iter().cloned().map(Value))?;
        let law = self.pan_law().map(Value);
        make(py, "Scene", (buses, self.output_volume().map(Value), law))
    }
}

impl FromPython for GroupConfig {
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        expect(object, "GroupConfig")?;
        let get = |name| object.getattr(name);
        let mut config = Self::new(get("group")?.extract::<Index>()?.0);
        config.volume = get("volume")?.extract::<Option<Single>>()?.map(|volume| volume.0);
        config.muted = get("muted")?.extract()?;
        config.soloed = get("soloed")?.extract()?;
        config.name = get("name")?.extract()?;
        let members = get("members")?.extract::<Option<Vec<(String, Index)>>>()?;
        let place = |(mixer, bus): (String, Index)| (mixer, bus.0);
        config.members = members.map(|it| it.into_iter().map(place).collect());
        let inner = get("inner_groups")?.extract::<Option<Vec<Index>>>()?;
        config.inner_groups = inner.map(|it| it.into_iter().map(|group| group.0).collect());
        Ok(config)
    }
}

impl ToPython for GroupConfig {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let members = self.members.as_ref().map(|it| PyTuple::new(py, it.clone())).transpose()?;
        let inner = self.inner_groups.as_ref().map(|it| PyTuple::new(py, it)).transpose()?;
        let (volume, name) = (self.volume.map(Value), self.name.as_deref());
        let values = (self.group, volume, self.muted, self.soloed, name, members, inner);
        make(py, "GroupConfig", values)
    }
}

impl FromPython for EngineScene {
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        expect(object, "EngineScene")?;
        let mixers = object.getattr("mixers")?;
        let mixers = mixers.try_iter()?.map(|mixer| {
            let (name, scene) = mixer?.extract::<(String, Value<Scene>)>()?;
            Ok((name, scene.0))
        });
        let groups = object.getattr("groups")?;
        let groups = groups.try_iter()?.map(|group| Ok(group?.extract::<Value<_>>()?.0));
        let scene = Self::new(mixers.collect::<PyResult<Vec<_>>>()?);
        Ok(scene.with_groups(groups.collect::<PyResult<Vec<_>>>()?))
    }
}

impl ToPython for EngineScene {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mixers = self.mixers().map(|(name, scene)| (name, Value(scene.clone())));
        let mixers = PyTuple::new(py, mixers.collect::<Vec<_>>())?;
        let groups = PyTuple::new(py, self.groups().iter().cloned().map(Value))?;
        make(py, "EngineScene", (mixers, groups))
    }
}

impl FromPython for SceneParts {
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        const ALL: [SceneParts; 10] = [
            SceneParts::FADERS,
            SceneParts::PANS,
            SceneParts::MUTES,
            SceneParts::SOLOS,
            SceneParts::SOLO_SAFES,
            SceneParts::LABELS,
            SceneParts::OUTPUT_VOLUMES,
            SceneParts::GROUPS,
            SceneParts::SEND_TAPS,
            SceneParts::PAN_LAWS,
        ];
        expect(object, "SceneParts")?;
        let bits: u32 = object.extract()?;
        let chosen = ALL.iter().enumerate().filter(|(place, _)| bits & 1 << place != 0);
        Ok(chosen.fold(Self::NONE, |parts, (_, part)| parts | *part))
    }
}

#[pymethods]
impl Engine {
    /// All mixers and groups as they are now. Which buses and groups are soloed is left out, and so are
    /// detached mixers.
    ///
    /// >>> import perbus
    /// >>> engine = perbus.Engine.offline(48000, 2)
    /// >>> engine.main_mixer.bus(0).volume = 0.3
    /// >>> verse = engine.snapshot()
    /// >>> engine.main_mixer.bus(0).volume = 0.9
    /// >>> engine.apply(verse)
    /// >>> engine.main_mixer.bus(0).volume, verse.mixer("mixer 0") == engine.main_mixer.snapshot()
    /// (0.3, True)
    fn snapshot(slf: &Bound<'_, Self>) -> PyResult<Value<EngineScene>> {
        Self::call(slf, |engine| Ok(Value(engine.snapshot())))
    }

    /// As `snapshot`, with the solo of each strip and group.
    fn snapshot_with_solo(slf: &Bound<'_, Self>) -> PyResult<Value<EngineScene>> {
        Self::call(slf, |engine| Ok(Value(engine.snapshot_with_solo())))
    }

    /// Sets the engine's mixers and groups to a scene: all or nothing, heard from one block on. What the
    /// scene does not list stays. A group gets exactly the members and inner groups that it lists, but that
    /// buses of detached mixers stay in it.
    ///
    /// :raises NotAttachedError: for a mixer or a group that the engine does not have
    /// :raises InvalidArgumentError: for a mixer, a bus, a group or a member that is listed twice
    /// :raises CycleError: for groups in a circle
    /// :raises OutOfRangeError: for a volume, a pan or a bus
    fn apply(slf: &Bound<'_, Self>, scene: Value<EngineScene>) -> PyResult<()> {
        Self::call(slf, move |engine| engine.apply(&scene.0))
    }

    /// Fades to a scene, as `Mixer.fade_to_scene` does for one mixer.
    #[pyo3(signature = (scene, seconds, curve = Value(Curve::Linear)))]
    #[pyo3(text_signature = "($self, scene, seconds, curve=<Curve.LINEAR: 0>)")]
    fn fade_to_scene(
        slf: &Bound<'_, Self>, scene: Value<EngineScene>, seconds: Seconds, curve: Value<Curve>,
    ) -> PyResult<()> {
        Self::call(slf, move |engine| engine.fade_to_scene(&scene.0, seconds.0, curve.0))
    }
}

#[pyfunction]
pub(crate) fn scene_only(scene: Value<Scene>, parts: Value<SceneParts>) -> Value<Scene> {
    Value(scene.0.only(parts.0))
}

#[pyfunction]
pub(crate) fn scene_only_buses(scene: Value<Scene>, buses: Vec<Index>) -> Value<Scene> {
    Value(scene.0.only_buses(buses.into_iter().map(|bus| bus.0)))
}

#[pyfunction]
pub(crate) fn engine_scene_only(
    scene: Value<EngineScene>, parts: Value<SceneParts>,
) -> Value<EngineScene> {
    Value(scene.0.only(parts.0))
}

#[pyfunction]
pub(crate) fn engine_scene_only_buses(
    py: Python<'_>, scene: Value<EngineScene>, buses: Vec<Bound<'_, Bus>>,
) -> PyResult<Value<EngineScene>> {
    let mut all = Vec::new();
    for bus in &buses {
        let core = &bus.get().engine.get().core;
        let mixer = bus.get().mixer.held::<perbus::Mixer>(py, core)?;
        let number = bus.get().number;
        all.push(core.call(py, move || mixer.bus(number))?);
    }
    Ok(Value(scene.0.only_buses(&all)))
}
