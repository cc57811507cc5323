//! What is heard when one channel layout is converted into another: the tables of ITU-R BS.775 and
//! the guide, in code.

use perbus::{ChannelLayout, Format};

use super::format;

/// Every layout that names its speakers.
pub(crate) const LAYOUTS: [ChannelLayout; 8] = [
    ChannelLayout::Mono,
    ChannelLayout::Stereo,
    ChannelLayout::Surround3_0,
    ChannelLayout::Quad,
    ChannelLayout::Surround5_0,
    ChannelLayout::Surround5_1,
    ChannelLayout::Surround7_1,
    ChannelLayout::Surround7_1C,
];

/// The speakers, in the order of the channels.
pub(crate) fn speakers(format: Format) -> Option<Vec<&'static str>> {
    let names = match format.layout() {
        ChannelLayout::Mono => "M",
        ChannelLayout::Stereo => "L R",
        ChannelLayout::Surround3_0 => "L R C",
        ChannelLayout::Quad => "L R Ls Rs",
        ChannelLayout::Surround5_0 => "L R C Ls Rs",
        ChannelLayout::Surround5_1 => "L R C LFE Ls Rs",
        ChannelLayout::Surround7_1 => "L R C LFE Lb Rb Ls Rs",
        ChannelLayout::Surround7_1C => "L R C LFE Ls Rs Lb Rb",
        _ => return None,
    };
    Some(names.split(' ').collect())
}

/// Where the sound of a speaker that the output lacks goes, and how loud; nowhere if it is left
/// out.
fn folded(speaker: &str, output: &[&str]) -> Vec<(&'static str, f64)> {
    const M3: f64 = std::f64::consts::FRAC_1_SQRT_2;
    let surrounds = output.contains(&"Ls");
    match (speaker, output) {
        ("L" | "R", ["M"]) => vec![("M", 0.5)],
        ("C", ["M"]) => vec![("M", M3)],
        ("LFE", _) => vec![],
        (_, ["M"]) => vec![("M", 0.5 * M3)],
        ("M", _) => vec![("L", 1.0), ("R", 1.0)],
        ("C", _) => vec![("L", M3), ("R", M3)],
        ("Lb", _) if surrounds => vec![("Ls", 1.0)],
        ("Rb", _) if surrounds => vec![("Rs", 1.0)],
        ("Ls" | "Lb", _) => vec![("L", M3)],
        ("Rs" | "Rb", _) => vec![("R", M3)],
        _ => panic!("{speaker} into {output:?}"),
    }
}

/// The gain from each input channel to each output channel; `None` for what is refused.
pub(crate) fn gains(input: Format, output: Format) -> Option<Vec<Vec<f64>>> {
    let (from, to) = (input.channels() as usize, output.channels() as usize);
    let mut gains = vec![vec![0.0; to]; from];
    match (speakers(input), speakers(output)) {
        (Some(inputs), Some(outputs)) => {
            for (row, speaker) in gains.iter_mut().zip(&inputs) {
                let places = match outputs.contains(speaker) {
                    true => vec![(*speaker, 1.0)],
                    false => folded(speaker, &outputs),
                };
                for (name, gain) in places {
                    let place = outputs.iter().position(|speaker| *speaker == name);
                    row[place.expect("a speaker of the output")] = gain;
                }
            }
        }
        _ if from == 1 => gains[0][..to.min(2)].fill(1.0),
        _ if to == 1 => gains.iter_mut().for_each(|row| row[0] = 1.0 / from as f64),
        _ if from > to => return None,
        _ => (0..from).for_each(|channel| gains[channel][channel] = 1.0),
    }
    Some(gains)
}

/// Which side of a fader's pan a channel takes: -1 left, 1 right, 0 neither.
pub(crate) fn side(format: Format, channel: usize) -> i32 {
    match speakers(format) {
        Some(names) => match names[channel] {
            "L" | "Ls" | "Lb" => -1,
            "R" | "Rs" | "Rb" => 1,
            _ => 0,
        },
        // Discrete channels are pairs.
        None if channel % 2 == 1 => 1,
        None if channel + 1 == format.channels() as usize => 0,
        None => -1,
    }
}

/// The gain that a fader's volume and pan result in on one output channel.
pub(crate) fn fader(volume: f32, pan: f32, output: Format, channel: usize) -> f64 {
    let (volume, pan) = (f64::from(volume), f64::from(pan));
    match side(output, channel) {
        -1 if pan > 0.0 => volume * (1.0 - pan),
        1 if pan < 0.0 => volume * (1.0 + pan),
        _ => volume,
    }
}

pub(crate) fn laid_out(layout: ChannelLayout) -> Format {
    let channels = layout.channels().expect("a layout with speakers");
    format(channels).with_layout(layout).expect("its own count")
}

pub(crate) fn discrete(channels: u32) -> Format {
    let layout = ChannelLayout::Discrete;
    format(channels).with_layout(layout).expect("any count")
}

/// Every layout, and discrete channels up to ten.
pub(crate) fn shapes() -> Vec<Format> {
    let mut shapes: Vec<Format> = (1..=10).map(format).collect();
    shapes.extend(
        [
            ChannelLayout::Surround3_0,
            ChannelLayout::Surround5_0,
            ChannelLayout::Surround7_1C,
        ]
        .map(laid_out),
    );
    shapes.extend([4, 6, 8].map(discrete));
    shapes
}
