//! A mix described by a TOML file: stems with their strips, fades and sends, returns, groups,
//! scenes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use perbus::{BusConfig, Curve, SendTap};
use serde::Deserialize;

use crate::gain;
use crate::model::{name_of, GroupPlan, Mix, Move, Return, ScenePlan, Send, Sound, Stem, Strip};
use crate::Failure;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    stem: Vec<StemTable>,
    #[serde(default, rename = "return")]
    returns: Vec<ReturnTable>,
    #[serde(default)]
    group: Vec<GroupTable>,
    #[serde(default)]
    scene: Vec<SceneTable>,
    master: Option<MasterTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StemTable {
    name: Option<String>,
    file: Option<PathBuf>,
    volume: Option<f32>,
    gain: Option<Gain>,
    #[serde(default)]
    pan: f32,
    #[serde(default)]
    mute: bool,
    #[serde(default)]
    fades: Vec<FadeTable>,
    #[serde(default)]
    sends: Vec<SendTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReturnTable {
    name: String,
    volume: Option<f32>,
    gain: Option<Gain>,
    #[serde(default)]
    pan: f32,
    #[serde(default)]
    mute: bool,
    #[serde(default)]
    fades: Vec<FadeTable>,
    high_pass: Option<f32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendTable {
    to: String,
    volume: Option<f32>,
    gain: Option<Gain>,
    #[serde(default)]
    tap: Tap,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupTable {
    name: String,
    stems: Vec<String>,
    volume: Option<f32>,
    gain: Option<Gain>,
    #[serde(default)]
    mute: bool,
    #[serde(default)]
    fades: Vec<FadeTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SceneTable {
    at: f64,
    #[serde(default)]
    over: f64,
    #[serde(default)]
    curve: CurveName,
    #[serde(default)]
    stems: BTreeMap<String, StripTable>,
    #[serde(default)]
    groups: BTreeMap<String, StripTable>,
    master: Option<StripTable>,
}

/// What a scene sets of a strip, a group or the master.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StripTable {
    volume: Option<f32>,
    gain: Option<Gain>,
    pan: Option<f32>,
    mute: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MasterTable {
    volume: Option<f32>,
    gain: Option<Gain>,
    #[serde(default)]
    fades: Vec<FadeTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FadeTable {
    at: f64,
    #[serde(default)]
    over: f64,
    #[serde(default)]
    curve: CurveName,
    volume: Option<f32>,
    gain: Option<Gain>,
    pan: Option<f32>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CurveName {
    #[default]
    Linear,
    Exponential,
    EqualPower,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tap {
    #[default]
    Post,
    Pre,
}

/// A linear gain that was written in decibels, as a number or a text.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "toml::Value")]
struct Gain(f32);

impl TryFrom<toml::Value> for Gain {
    type Error = String;

    fn try_from(value: toml::Value) -> Result<Self, String> {
        let db = match &value {
            toml::Value::Float(number) => Some(*number as f32),
            toml::Value::Integer(number) => Some(*number as f32),
            toml::Value::String(text) => gain::parse_db(text),
            _ => None,
        };
        let db = db.ok_or_else(|| format!("gain {value} is not a number of decibels"))?;
        gain::from_db(db).map(Self)
    }
}

/// Reads a file; its stems' files are relative to its folder. `more` follow its stems.
pub fn read(path: &Path, more: Vec<Stem>) -> Result<Mix, Failure> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| Failure::of(&shown, error))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    parse(&text, &shown, more, |name, file| match file {
        Some(file) => Ok(Sound::File(folder.join(file))),
        None => Err(format!("stem {name} has no file")),
    })
}

/// `sound` makes a stem's sound from its name and file.
pub fn parse(
    text: &str,
    shown: &str,
    more: Vec<Stem>,
    sound: impl Fn(&str, Option<&Path>) -> Result<Sound, String>,
) -> Result<Mix, Failure> {
    let file: File = toml::from_str(text).map_err(|error| {
        let before = error.span().map_or("", |span| &text[..span.start]);
        let line = before.matches('\n').count() + 1;
        let message = error.message().replace('\n', " ");
        Failure::of(shown, format!("line {line}: {message}"))
    })?;
    convert(file, shown, more, sound).map_err(|reason| Failure::of(shown, reason))
}

fn convert(
    file: File,
    shown: &str,
    more: Vec<Stem>,
    sound: impl Fn(&str, Option<&Path>) -> Result<Sound, String>,
) -> Result<Mix, String> {
    let mut mix = Mix::new();
    for back in file.returns {
        let what = format!("return {}", back.name);
        mix.returns.push(Return {
            strip: strip(&what, back.volume, back.gain, back.pan, back.mute)?,
            fades: fades(&what, back.fades)?,
            high_pass: back.high_pass,
            name: back.name,
        });
    }
    for (place, stem) in file.stem.into_iter().enumerate() {
        let name = match (&stem.name, &stem.file) {
            (Some(name), _) => name.clone(),
            (None, Some(file)) => name_of(file),
            (None, None) => return Err(format!("stem {place} has neither a name nor a file")),
        };
        let what = format!("stem {name}");
        let sound = sound(&name, stem.file.as_deref())?;
        let sends = stem.sends.into_iter().map(|send| {
            let to = mix.returns.iter().position(|back| back.name == send.to);
            Ok(Send {
                to: to.ok_or_else(|| format!("{what}: there is no return {}", send.to))?,
                volume: fader(&what, send.volume, send.gain)?.unwrap_or(1.0),
                tap: match send.tap {
                    Tap::Pre => SendTap::PreFader,
                    Tap::Post => SendTap::PostFader,
                },
            })
        });
        let sends = sends.collect::<Result<Vec<_>, String>>()?;
        mix.stems.push(Stem {
            argument: format!("{shown}: {what}"),
            strip: strip(&what, stem.volume, stem.gain, stem.pan, stem.mute)?,
            fades: fades(&what, stem.fades)?,
            sends,
            sound,
            name,
        });
    }
    for (place, back) in mix.returns.iter().enumerate() {
        let mut sends = mix.stems.iter().flat_map(|stem| &stem.sends);
        if !sends.any(|send| send.to == place) {
            return Err(format!("return {}: nothing is sent to it", back.name));
        }
    }
    mix.stems.extend(more);
    let bus = |what: &str, name: &str| {
        let mut places = (0..mix.bus_count()).filter(|bus| mix.bus_name(*bus) == name);
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(place as u32),
            (None, _) => Err(format!("{what}: there is no stem {name}")),
            (Some(_), Some(_)) => Err(format!("{what}: several stems have the name {name}")),
        }
    };
    let mut groups: Vec<GroupPlan> = Vec::new();
    for group in file.group {
        let what = format!("group {}", group.name);
        if groups.iter().any(|other| other.name == group.name) {
            return Err(format!("there are two groups {}", group.name));
        }
        let members = group.stems.iter().map(|name| bus(&what, name));
        groups.push(GroupPlan {
            members: members.collect::<Result<_, _>>()?,
            volume: fader(&what, group.volume, group.gain)?.unwrap_or(1.0),
            muted: group.mute,
            fades: fades(&what, group.fades)?,
            name: group.name,
        });
    }
    let mut scenes = Vec::new();
    for table in file.scene {
        let what = format!("scene at {} s", table.at);
        let mut scene = ScenePlan {
            at: time(&what, table.at)?,
            over: time(&what, table.over)?,
            curve: table.curve.into(),
            buses: Vec::new(),
            groups: Vec::new(),
            master: None,
        };
        for (name, strip) in &table.stems {
            let mut config = BusConfig::new(bus(&what, name)?);
            config.volume = fader(&what, strip.volume, strip.gain)?;
            (config.pan, config.muted) = (strip.pan, strip.mute);
            scene.buses.push(config);
        }
        for (name, strip) in &table.groups {
            let place = groups.iter().position(|group| group.name == *name);
            let place = place.ok_or_else(|| format!("{what}: there is no group {name}"))?;
            let volume = fader(&what, strip.volume, strip.gain)?;
            if strip.pan.is_some() {
                return Err(format!("{what}: the group {name} has no pan"));
            }
            scene.groups.push((place, volume, strip.mute));
        }
        if let Some(strip) = &table.master {
            if strip.pan.is_some() || strip.mute.is_some() {
                return Err(format!("{what}: the master has a volume alone"));
            }
            scene.master = fader(&what, strip.volume, strip.gain)?;
        }
        scenes.push(scene);
    }
    (mix.groups, mix.scenes) = (groups, scenes);
    if let Some(master) = file.master {
        mix.master = fader("master", master.volume, master.gain)?.unwrap_or(1.0);
        mix.master_fades = fades("master", master.fades)?;
    }
    Ok(mix)
}

fn strip(
    what: &str,
    volume: Option<f32>,
    gain: Option<Gain>,
    pan: f32,
    muted: bool,
) -> Result<Strip, String> {
    Ok(Strip {
        volume: fader(what, volume, gain)?.unwrap_or(1.0),
        pan,
        muted,
    })
}

fn fader(what: &str, volume: Option<f32>, gain: Option<Gain>) -> Result<Option<f32>, String> {
    match (volume, gain) {
        (Some(_), Some(_)) => Err(format!(
            "{what}: volume and gain are one fader: give one of them"
        )),
        (volume, gain) => Ok(volume.or(gain.map(|gain| gain.0))),
    }
}

fn fades(what: &str, tables: Vec<FadeTable>) -> Result<Vec<Move>, String> {
    let convert = |table: FadeTable| {
        let volume = fader(what, table.volume, table.gain)?;
        if volume.is_none() && table.pan.is_none() {
            return Err(format!("{what}: the fade at {} s has no target", table.at));
        }
        Ok(Move {
            at: time(what, table.at)?,
            over: time(what, table.over)?,
            curve: table.curve.into(),
            volume,
            pan: table.pan,
        })
    };
    tables.into_iter().map(convert).collect()
}

/// A day is more than a mix lasts.
fn time(what: &str, seconds: f64) -> Result<f64, String> {
    if (0.0..=86_400.0).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(format!("{what}: {seconds} s is not in 0 to 86400"))
    }
}

impl From<CurveName> for Curve {
    fn from(name: CurveName) -> Self {
        match name {
            CurveName::Linear => Curve::Linear,
            CurveName::Exponential => Curve::Exponential,
            CurveName::EqualPower => Curve::EqualPower,
        }
    }
}
