//! What a scene has of a group, as C has it.

use std::ffi::{c_char, CString};

use perbus::GroupConfig;

use crate::failure::{array, Failure, Outcome};
use crate::scene::{bit, PERBUS_DESK_SET_MUTED, PERBUS_DESK_SET_SOLOED, PERBUS_DESK_SET_VOLUME};
use crate::text;

/// A bit of perbus_desk_group_config.set.
pub const PERBUS_DESK_SET_MEMBERS: u32 = 64;
/// See PERBUS_DESK_SET_MEMBERS.
pub const PERBUS_DESK_SET_INNER_GROUPS: u32 = 128;

/// A bus in a group.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct perbus_desk_group_member {
    /// The mixer's name, UTF-8: "mixer 0" for the main mixer.
    pub mixer: *const c_char,
    /// The bus's number.
    pub bus: u32,
}

/// What a scene has of a group.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct perbus_desk_group_config {
    /// The group's number: see perbus_desk_group_get_number.
    pub group: u32,
    /// PERBUS_DESK_SET_VOLUME, _MUTED, _SOLOED, _MEMBERS and _INNER_GROUPS: which of the values below
    /// count; the others stay.
    pub set: u32,
    /// The fader: a linear gain, 0 to 4.
    pub volume: f32,
    /// Whether the group is muted.
    pub muted: bool,
    /// Whether the group is soloed.
    pub soloed: bool,
    /// The group's name, UTF-8; NULL stays.
    pub name: *const c_char,
    /// The buses that are directly in the group; all others leave it.
    pub members: *const perbus_desk_group_member,
    /// How many members there are.
    pub member_count: usize,
    /// The numbers of the groups that are directly in the group; all others leave it.
    pub inner_groups: *const u32,
    /// How many inner groups there are.
    pub inner_group_count: usize,
}

/// What C looks at of a group in a scene.
pub(crate) struct Listed {
    name: Option<CString>,
    /// With the names in `mixers`.
    members: Vec<perbus_desk_group_member>,
    _mixers: Vec<CString>,
}

impl Listed {
    pub(crate) fn of(config: &GroupConfig) -> Self {
        let members = || config.members.iter().flatten();
        let mixers: Vec<_> = members().map(|(mixer, _)| text::kept(mixer)).collect();
        let listed = mixers.iter().zip(members());
        let listed = listed.map(|(mixer, (_, bus))| perbus_desk_group_member {
            mixer: mixer.as_ptr(),
            bus: *bus,
        });
        Self {
            name: config.name.as_deref().map(text::kept),
            members: listed.collect(),
            _mixers: mixers,
        }
    }

    /// The group as C has it, as long as this lives.
    pub(crate) fn c(&self, config: &GroupConfig) -> perbus_desk_group_config {
        let inner = config.inner_groups.as_deref().unwrap_or_default();
        perbus_desk_group_config {
            group: config.group,
            set: bit(config.volume.is_some(), PERBUS_DESK_SET_VOLUME)
                | bit(config.muted.is_some(), PERBUS_DESK_SET_MUTED)
                | bit(config.soloed.is_some(), PERBUS_DESK_SET_SOLOED)
                | bit(config.members.is_some(), PERBUS_DESK_SET_MEMBERS)
                | bit(config.inner_groups.is_some(), PERBUS_DESK_SET_INNER_GROUPS),
            volume: config.volume.unwrap_or(0.0),
            muted: config.muted.unwrap_or(false),
            soloed: config.soloed.unwrap_or(false),
            name: (self.name.as_ref()).map_or(std::ptr::null(), |name| name.as_ptr()),
            members: self.members.as_ptr(),
            member_count: self.members.len(),
            inner_groups: inner.as_ptr(),
            inner_group_count: inner.len(),
        }
    }
}

pub(crate) fn rust(config: &perbus_desk_group_config) -> Outcome<GroupConfig> {
    const ALL: u32 = PERBUS_DESK_SET_VOLUME
        | PERBUS_DESK_SET_MUTED
        | PERBUS_DESK_SET_SOLOED
        | PERBUS_DESK_SET_MEMBERS
        | PERBUS_DESK_SET_INNER_GROUPS;
    let set = config.set;
    if set & !ALL != 0 {
        return Err(Failure::argument(format!("unknown bits in set: {set:#x}")));
    }
    let mut group = GroupConfig::new(config.group);
    group.volume = (set & PERBUS_DESK_SET_VOLUME != 0).then_some(config.volume);
    group.muted = (set & PERBUS_DESK_SET_MUTED != 0).then_some(config.muted);
    group.soloed = (set & PERBUS_DESK_SET_SOLOED != 0).then_some(config.soloed);
    group.name = text::read_if(config.name, "a name")?;
    if set & PERBUS_DESK_SET_MEMBERS != 0 {
        let members = array(config.members, config.member_count, "members")?;
        let members = members.iter().map(|member| {
            let mixer = text::read(member.mixer, "a member's mixer")?;
            Ok((mixer.to_owned(), member.bus))
        });
        group.members = Some(members.collect::<Outcome<_>>()?);
    }
    if set & PERBUS_DESK_SET_INNER_GROUPS != 0 {
        let inner = array(
            config.inner_groups,
            config.inner_group_count,
            "inner_groups",
        )?;
        group.inner_groups = Some(inner.to_vec());
    }
    Ok(group)
}
