//! The files of the corpus: how other programs make each, and who else decodes it.

use super::source::Sound;

/// One file.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) sound: Sound,
    /// A shell command that makes `$out` of `$in`.
    pub(crate) make: String,
    pub(crate) against: Against,
    /// Whether the file says how much its encoder has added.
    pub(crate) is_exact: bool,
}

/// What it has to sound like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Against {
    /// What it was made from, exactly.
    Source,
    /// The output of another program, as samples of 32 bits; how much they may differ.
    Program(&'static str, f32),
}

/// Decodes AAC, GSM, MP3, Opus and Vorbis with code of its own.
pub(crate) const FFMPEG: &str = "ffmpeg -v error -i $out -f f32le -c:a pcm_f32le pipe:1";
const SOX: &str = "sox $out -t f32 -";

const LOSSY: Against = Against::Program(FFMPEG, 1e-3);

pub(crate) const STEREO: Sound = Sound {
    channels: 2,
    rate: 44_100,
    bits: 16,
    milliseconds: 300,
};
const RATES: [u32; 8] = [
    8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000,
];

struct List(Vec<Case>);

impl List {
    fn add(&mut self, name: &str, sound: Sound, make: &str, against: Against) -> &mut Case {
        self.0.push(Case {
            name: name.to_owned(),
            sound,
            make: make.to_owned(),
            against,
            is_exact: true,
        });
        self.0.last_mut().expect("just added")
    }

    /// Lossless, by ffmpeg's options.
    fn lossless(&mut self, name: &str, sound: Sound, options: &str) {
        let make = format!("ffmpeg -v error -y -i $in {options} $out");
        self.add(name, sound, &make, Against::Source);
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut list = List(Vec::new());
    pcm(&mut list);
    flac(&mut list);
    alac(&mut list);
    mp3(&mut list);
    vorbis(&mut list);
    opus(&mut list);
    aac(&mut list);
    coarse(&mut list);
    list.0
}

fn with(channels: u32, rate: u32, bits: u32) -> Sound {
    Sound {
        channels,
        rate,
        bits,
        ..STEREO
    }
}

/// What sox does not write, or writes in another way.
fn pcm(list: &mut List) {
    for (i, (name, bits, options)) in [
        ("s24.wav", 24, "-c:a pcm_s24le"),
        ("s32.wav", 24, "-c:a pcm_s32le"),
        ("f32.wav", 24, "-c:a pcm_f32le"),
        ("f64.wav", 24, "-c:a pcm_f64le"),
        ("rf64.wav", 24, "-rf64 always -c:a pcm_s24le"),
        ("bext.wav", 16, "-write_bext 1 -metadata description=x"),
        ("peak.wav", 16, "-write_peak on"),
        (
            "tagged.wav",
            16,
            "-metadata title=odd -metadata artist=four",
        ),
        ("s16.w64", 16, "-c:a pcm_s16le"),
        ("f32.w64", 24, "-c:a pcm_f32le"),
        ("s24.aiff", 24, "-c:a pcm_s24be"),
        ("tagged.aiff", 16, "-write_id3v2 1 -metadata title=t"),
        ("sowt.aiff", 16, "-c:a pcm_s16le"),
        ("fl32.aiff", 24, "-c:a pcm_f32be"),
        ("fl64.aiff", 24, "-c:a pcm_f64be"),
        ("s24.au", 24, "-c:a pcm_s24be"),
        ("f64.au", 24, "-c:a pcm_f64be"),
        ("s16le.caf", 16, "-c:a pcm_s16le"),
        ("s32be.caf", 24, "-c:a pcm_s32be"),
        ("f32le.caf", 24, "-c:a pcm_f32le"),
        ("f64be.caf", 24, "-c:a pcm_f64be"),
        ("s24.mkv", 24, "-c:a pcm_s24le"),
        ("f32.mkv", 24, "-c:a pcm_f32le"),
    ]
    .into_iter()
    .enumerate()
    {
        // Counts and rates in turn.
        let channels = [2, 1, 6][i % 3];
        let sound = with(channels, RATES[i % RATES.len()], bits);
        // AIFF, CAF and AU name no speakers of six channels that all programs share.
        let has_speakers = [".wav", ".mkv", ".w64"]
            .iter()
            .any(|end| name.ends_with(end));
        let sound = if channels == 6 && !has_speakers {
            with(2, sound.rate, bits)
        } else {
            sound
        };
        list.lossless(name, sound, options);
    }
    for channels in [3, 4, 5, 8] {
        let name = format!("x{channels}.wav");
        list.lossless(&name, with(channels, 48_000, 24), "-c:a pcm_s24le");
    }
    for name in ["a.voc", "a.sph", "a.avr", "a.paf", "a.sf"] {
        list.add(name, STEREO, "sox -D $in -b 16 $out", Against::Source);
    }
    list.add("rifx.wav", STEREO, "sox -D $in -B $out", Against::Source);
    list.add(
        "pipe.wav",
        STEREO,
        "sox -D $in -t wav - 2>/dev/null | cat > $out",
        Against::Source,
    );
    list.add(
        "pipe.au",
        STEREO,
        "ffmpeg -v error -i $in -f au pipe:1 | cat > $out",
        Against::Source,
    );
}

fn flac(list: &mut List) {
    for (name, sound, options) in [
        ("0.flac", STEREO, "-0"),
        ("8.flac", STEREO, "-8 -e -p"),
        ("blocks.flac", STEREO, "-b 16 --lax -l 0 --no-padding"),
        ("long.flac", STEREO, "-b 32768 --lax"),
        (
            "verbatim.flac",
            STEREO,
            "--disable-constant-subframes --disable-fixed-subframes -l 0 --lax",
        ),
        ("bare.flac", STEREO, "--no-padding --no-seektable"),
        ("padding.flac", STEREO, "-P 70000 -S 5x"),
        ("tags.flac", STEREO, "-T TITLE=t -T COMMENT=odd"),
        ("mono.flac", with(1, 8_000, 16), ""),
        ("24.flac", with(2, 96_000, 24), ""),
        ("odd.flac", with(2, 12_345, 16), "--lax"),
        ("3.flac", with(3, 48_000, 16), ""),
        ("4.flac", with(4, 44_100, 24), ""),
        ("5.flac", with(5, 48_000, 16), ""),
        ("6.flac", with(6, 48_000, 24), ""),
        ("8ch.flac", with(8, 48_000, 16), ""),
        ("ogg.oga", STEREO, "--ogg"),
        ("ogg24.oga", with(1, 48_000, 24), "--ogg"),
        ("ogg6.oga", with(6, 48_000, 16), "--ogg"),
    ] {
        // A cover would lead programs that do not look closely to a wrong stream.
        let make = format!("flac -s -f {options} $in -o $out");
        list.add(name, sound, &make, Against::Source);
    }
    list.add(
        "unknown.flac",
        STEREO,
        "flac -s -c - < $in | cat > $out",
        Against::Source,
    );
    list.add(
        "id3.flac",
        STEREO,
        "flac -s -f $in -o $out.plain && printf 'ID3\\3\\0\\0\\0\\0\\0\\24aaaaaaaaaaaaaaaaaaaa' > $out \
         && cat $out.plain >> $out",
        Against::Source,
    );
    list.lossless("flac.mkv", with(2, 44_100, 24), "-c:a flac");
    list.lossless("live.mkv", STEREO, "-c:a flac -live 1");
    list.lossless("flac.mp4", with(2, 48_000, 24), "-c:a flac -strict -2");
}

fn alac(list: &mut List) {
    for (name, sound, options) in [
        ("mono.m4a", with(1, 44_100, 16), "-c:a alac"),
        ("24.m4a", with(2, 48_000, 24), "-c:a alac -sample_fmt s32p"),
        ("alac8000.m4a", with(2, 8_000, 16), "-c:a alac"),
        ("front.m4a", STEREO, "-c:a alac -movflags +faststart"),
        (
            "fragments.mp4",
            STEREO,
            "-c:a alac -movflags +frag_keyframe+empty_moov -frag_duration 100000",
        ),
        ("alac.mov", STEREO, "-c:a alac"),
        (
            "alac24.caf",
            with(1, 96_000, 24),
            "-c:a alac -sample_fmt s32p",
        ),
    ] {
        list.lossless(name, sound, options);
    }
}

fn mp3(list: &mut List) {
    for (name, options) in [
        ("64.mp3", "-b 64 --resample 44.1"),
        ("320.mp3", "-b 320"),
        ("v0.mp3", "-V 0"),
        ("v9.mp3", "-V 9 --resample 44.1"),
        ("abr.mp3", "--abr 150"),
        ("stereo.mp3", "-m s"),
        ("joint.mp3", "-m j"),
        ("forced.mp3", "-m f"),
        ("down.mp3", "-m m -a"),
        ("crc.mp3", "-p"),
        ("strict.mp3", "--strictly-enforce-ISO"),
        ("id3v2.mp3", "--id3v2-only --tt title --pad-id3v2-size 4000"),
        ("both.mp3", "--add-id3v2 --tt title --ta artist"),
        ("short.mp3", "--allshort"),
        ("noreservoir.mp3", "--nores"),
    ] {
        let sound = if name == "down.mp3" {
            with(1, 44_100, 16)
        } else {
            STEREO
        };
        let options = if name == "down.mp3" { "-m m" } else { options };
        let make = format!("lame --quiet {options} $in $out");
        list.add(name, sound, &make, LOSSY);
    }
    for rate in [
        8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 48_000,
    ] {
        let kilohertz = f64::from(rate) / 1_000.0;
        let make = format!("lame --quiet --resample {kilohertz} -V 4 $in $out");
        let channels = 1 + rate / 1_000 % 2;
        list.add(
            &format!("{rate}.mp3"),
            with(channels, rate, 16),
            &make,
            LOSSY,
        );
    }
    for (name, options) in [("bare.mp3", "-b 128"), ("barevbr.mp3", "-V 2")] {
        let make = format!("lame --quiet -t {options} $in $out");
        list.add(name, STEREO, &make, LOSSY).is_exact = false;
    }
    for (name, rate) in [("44100.mp2", 44_100), ("24000.mp2", 24_000)] {
        let make = "ffmpeg -v error -y -i $in -c:a mp2 $out";
        list.add(name, with(2, rate, 16), make, LOSSY).is_exact = false;
    }
}

fn vorbis(list: &mut List) {
    for channels in 1..=8 {
        let make = "oggenc -Q -q 2 --serial 7 $in -o $out";
        let name = format!("{channels}.ogg");
        list.add(&name, with(channels, 48_000, 16), make, LOSSY);
    }
    for (name, sound, options) in [
        ("q-1.ogg", STEREO, "-q -1"),
        ("q10.ogg", STEREO, "-q 10"),
        ("managed.ogg", STEREO, "--managed -b 96 -m 64 -M 160"),
        ("8000.ogg", with(1, 8_000, 16), "-q 4"),
        ("22050.ogg", with(2, 22_050, 16), "-q 4"),
        ("96000.ogg", with(2, 96_000, 24), "-q 4"),
        (
            "tags.ogg",
            STEREO,
            "-t title -a artist -c long=$(seq -s _ 9000)",
        ),
    ] {
        let make = format!("oggenc -Q --serial 8 {options} $in -o $out");
        list.add(name, sound, &make, LOSSY);
    }
    let make = "ffmpeg -v error -y -i $in -c:a libvorbis -q:a 4 $out";
    list.add("vorbis.webm", STEREO, make, LOSSY).is_exact = false;
    list.add("vorbis6.mkv", with(6, 48_000, 16), make, LOSSY)
        .is_exact = false;
}

fn opus(list: &mut List) {
    for channels in 1..=8 {
        // Of few bits, opusenc would leave channels out.
        let bits = 64 * channels + 64;
        let make = format!("opusenc --quiet --serial 9 --bitrate {bits} $in $out");
        let name = format!("{channels}.opus");
        list.add(&name, with(channels, 48_000, 16), &make, LOSSY);
    }
    for (name, options) in [
        ("packets2.5.opus", "--framesize 2.5"),
        ("packets5.opus", "--framesize 5"),
        ("packets10.opus", "--framesize 10"),
        ("packets40.opus", "--framesize 40"),
        ("packets60.opus", "--framesize 60"),
        ("cbr.opus", "--hard-cbr --bitrate 96"),
        ("256.opus", "--bitrate 256"),
        ("phase.opus", "--no-phase-inv --bitrate 80"),
        (
            "tags.opus",
            "--title t --comment a=$(seq -s _ 9000) --padding 3000",
        ),
        ("delay.opus", "--max-delay 10"),
    ] {
        let make = format!("opusenc --quiet --serial 9 {options} $in $out");
        list.add(name, with(2, 48_000, 16), &make, LOSSY);
    }
    let make = "ffmpeg -v error -y -i $in -c:a libopus -b:a 96k $out";
    for (name, channels) in [("opus.webm", 2), ("opus1.mkv", 1), ("opus.mp4", 2)] {
        list.add(name, with(channels, 48_000, 16), make, LOSSY);
    }
}

fn aac(list: &mut List) {
    const PLAIN: &str = "-c:a aac -aac_pns 0 -b:a 128k";
    for (i, rate) in [
        8_000, 16_000, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000,
    ]
    .into_iter()
    .enumerate()
    {
        let channels = 1 + i as u32 % 2;
        let make = "ffmpeg -v error -y -i $in -c:a aac -aac_pns 0 $out";
        list.add(
            &format!("{rate}.m4a"),
            with(channels, rate, 16),
            make,
            LOSSY,
        );
    }
    for (name, options) in [
        ("aacfront.mp4", "-movflags +faststart"),
        ("intensity.m4a", "-aac_is 1"),
        ("fast.m4a", "-aac_coder fast"),
        ("middle.m4a", "-aac_ms 1 -aac_is 0 -aac_tns 1"),
        ("aac.mov", ""),
    ] {
        let make = format!("ffmpeg -v error -y -i $in {PLAIN} {options} $out");
        list.add(name, STEREO, &make, LOSSY);
    }
    for name in ["adts.aac", "aac.mkv"] {
        let make = format!("ffmpeg -v error -y -i $in {PLAIN} $out");
        list.add(name, STEREO, &make, LOSSY).is_exact = false;
    }
}

/// Codecs of few bits, whose encoders fill up the last block.
fn coarse(list: &mut List) {
    let by_sox = Against::Program(SOX, 1e-6);
    // The low bits of a packet's first value are not stored: here they are 0, in ffmpeg those of
    // the value before.
    let by_ffmpeg = Against::Program(FFMPEG, 128.0 / 32_768.0 + 2e-4);
    for (name, sound, make, against) in [
        (
            "gsm.wav",
            with(1, 8_000, 16),
            "sox -D $in -e gsm-full-rate $out",
            LOSSY,
        ),
        ("ms.wav", STEREO, "sox -D $in -e ms-adpcm $out", by_sox),
        (
            "ima.wav",
            with(1, 22_050, 16),
            "sox -D $in -e ima-adpcm $out",
            by_sox,
        ),
        (
            "ima.caf",
            with(2, 44_100, 16),
            "ffmpeg -v error -y -i $in -c:a adpcm_ima_qt $out",
            by_ffmpeg,
        ),
    ] {
        list.add(name, sound, make, against).is_exact = false;
    }
    for (name, codec) in [
        ("a.aiff", "pcm_alaw"),
        ("mu.caf", "pcm_mulaw"),
        ("a.caf", "pcm_alaw"),
        ("a.w64", "pcm_alaw"),
    ] {
        let make = format!("ffmpeg -v error -y -i $in -c:a {codec} $out");
        let exact = Against::Program(FFMPEG, 0.0);
        // W64 has whole blocks of eight bytes, which ffmpeg counts.
        list.add(name, STEREO, &make, exact).is_exact = !name.ends_with("w64");
    }
}
