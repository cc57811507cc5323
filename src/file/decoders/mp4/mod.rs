//! MP4 files: M4A, MOV and fragmented ones.

mod boxes;
mod clock;
pub(super) mod descriptor;
mod edits;
mod entry;
mod fragments;
mod tables;

use crate::file::decoders::fault::{Fault, Result};
use crate::file::decoders::source::Source;
use crate::file::decoders::track::Track;
use boxes::{child, children, field, path, TopLevel};
use clock::{rescale, Clock};
use edits::Edits;
use fragments::Defaults;

/// Whether a file starts with a box of this kind.
pub(super) fn starts_with(kind: [u8; 4]) -> bool {
    [
        b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot",
    ]
    .contains(&&kind)
}

pub(super) fn open(source: &Source, start: u64) -> Result<Track> {
    let (mut movie, mut fragments) = (None, Vec::new());
    for found in TopLevel::new(source, start) {
        match &found.kind {
            b"moov" if movie.is_none() => movie = Some(source.part(found.body, found.length())?),
            b"moof" => fragments.push(found),
            _ => {}
        }
    }
    let movie = movie.ok_or_else(|| Fault::damaged("its index is missing: it is cut short"))?;
    let mut refused = None;
    for track in children(&movie).filter(|found| found.kind == *b"trak") {
        if path(track.body, &[b"mdia", b"hdlr"]).and_then(|body| body.get(8..12)) != Some(b"soun") {
            continue;
        }
        match open_track(source, &movie, track.body, &fragments) {
            // Another one may do.
            Err(Fault::Unsupported(what)) => refused = refused.or(Some(what)),
            done => return done,
        }
    }
    Err(Fault::Unsupported(
        refused.unwrap_or_else(|| "MP4 without sound".to_owned()),
    ))
}

fn open_track(
    source: &Source,
    movie: &[u8],
    track: &[u8],
    fragments: &[boxes::Found],
) -> Result<Track> {
    let missing = || Fault::damaged("its index lacks a table");
    let media = child(track, b"mdia").ok_or_else(missing)?;
    let tables = path(media, &[b"minf", b"stbl"]).ok_or_else(missing)?;
    let codec = entry::codec(child(tables, b"stsd").ok_or_else(missing)?)?;
    let timescale = timescale(child(media, b"mdhd").ok_or_else(missing)?)?;
    let movie_scale = child(movie, b"mvhd").map_or(Ok(timescale), self::timescale)?;
    let clock = Clock {
        timescale,
        rate: codec.rate,
        frames_per_packet: codec.frames_per_packet,
    };
    let mut packets = tables::packets(source, tables, &clock)?;
    if let Some(defaults) = Defaults::of(movie, track) {
        for fragment in fragments {
            fragments::append(source, fragment, &defaults, &clock, &mut packets)?;
        }
    }
    let edits = Edits::of(movie, track, &codec)?;
    trim(
        Track::whole(c"MP4", codec, packets),
        &edits,
        &clock,
        movie_scale,
    )
}

fn trim(track: Track, edits: &Edits, clock: &Clock, movie_scale: u32) -> Result<Track> {
    if let Some(gapless) = &edits.gapless {
        if gapless.skip + gapless.frames <= track.packets.frames() {
            return Ok(track.trimmed(gapless.skip, gapless.frames));
        }
    }
    let Some(edit) = &edits.edit else {
        return Ok(track);
    };
    let skip = rescale(edit.start, clock.rate, clock.timescale);
    let held = track.packets.frames().saturating_sub(skip);
    let stated = rescale(edit.duration, clock.rate, movie_scale);
    // A movie often counts in milliseconds: only what is shorter by more than that is meant.
    let tick = u64::from(clock.rate.div_ceil(movie_scale));
    let is_meant = edit.duration > 0 && stated.saturating_add(tick) < held;
    let is_exact = edit.duration > 0 && movie_scale >= clock.rate;
    let most = if is_meant || is_exact { stated } else { held };
    let mut track = track.trimmed(skip, most);
    track.lead = rescale(edit.lead, clock.rate, movie_scale);
    track.frames += track.lead;
    Ok(track)
}

/// Units a second, in `mdhd` and `mvhd`.
fn timescale(header: &[u8]) -> Result<u32> {
    let at = if header.first() == Some(&1) { 20 } else { 12 };
    match field(header, at) {
        Some(scale) if scale > 0 => Ok(scale),
        _ => Err(Fault::damaged("its time scale makes no sense")),
    }
}
