//! What is heard of it, on a PulseAudio server of the test's own.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::console;
use super::tmux::{is_installed, Tmux};

const RATE: u32 = 48_000;
const HERTZ: f32 = 1_000.0;

/// A sine at half of full scale.
fn tone(seconds: f32) -> impl Iterator<Item = f32> {
    (0..(seconds * RATE as f32) as u32).map(|frame| {
        let turns = frame as f32 * HERTZ / RATE as f32;
        0.5 * (turns.fract() * std::f32::consts::TAU).sin()
    })
}

/// The same in a file, mono.
pub(crate) fn write_tone(path: &Path, seconds: f32) {
    let spec = WavSpec {
        channels: 1,
        sample_rate: RATE,
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let mut wav = WavWriter::create(path, spec).unwrap();
    for sample in tone(seconds) {
        wav.write_sample(sample).unwrap();
    }
    wav.finalize().unwrap();
}

/// Ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Server {
    folder: tempfile::TempDir,
    process: Process,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = format!(
            "load-module module-native-protocol-unix auth-anonymous=1 socket={}\n\
             load-module module-null-sink sink_name=null format=float32le rate={RATE} channels=2 \
             norewinds=1 sink_properties=device.description=Null-sink\n\
             load-module module-null-sink sink_name=mic format=float32le rate={RATE} channels=2 \
             norewinds=1\n\
             set-default-sink null\n",
            Self::socket(folder.path()),
        );
        fs::write(folder.path().join("script"), script).unwrap();
        let process = Self::spawn(folder.path());
        Self { folder, process }
    }

    fn socket(folder: &Path) -> String {
        format!("{}/socket", folder.display())
    }

    fn address(&self) -> String {
        format!("unix:{}", Self::socket(self.folder.path()))
    }

    fn spawn(folder: &Path) -> Process {
        let log = File::create(folder.join("log")).unwrap();
        let mut command = Command::new("pulseaudio");
        command.args([
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
        ]);
        command.arg("-F").arg(folder.join("script"));
        command.env("HOME", folder).env("XDG_RUNTIME_DIR", folder);
        command.env_remove("DISPLAY").env_remove("PULSE_SERVER");
        command.env_remove("DBUS_SESSION_BUS_ADDRESS");
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let server = Process(command.spawn().unwrap());
        let address = format!("unix:{}", Self::socket(folder));
        let begin = Instant::now();
        loop {
            let asked = Command::new("pactl")
                .args(["--server", &address, "info"])
                .output();
            if asked.unwrap().status.success() {
                return server;
            }
            assert!(
                begin.elapsed() < Duration::from_secs(20),
                "{}",
                log_of(folder)
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn kill(&mut self) {
        self.process.0.kill().unwrap();
        self.process.0.wait().unwrap();
        let _ = fs::remove_file(Self::socket(self.folder.path()));
    }

    fn start_again(&mut self) {
        self.process = Self::spawn(self.folder.path());
    }

    /// The root mean square of each side of what is heard from now on.
    fn hear(&self) -> [f64; 2] {
        let seconds = 0.4;
        let heard = self.folder.path().join("heard");
        let mut recorder = Command::new("parec");
        recorder.args(["--server", &self.address(), "-d", "null.monitor", "--raw"]);
        recorder.args(["--format=float32le", "--channels=2", "--latency-msec=20"]);
        recorder.arg(format!("--rate={RATE}"));
        recorder
            .stdout(File::create(&heard).unwrap())
            .stderr(Stdio::null());
        let _recorder = Process(recorder.spawn().unwrap());
        let wanted = (seconds * f64::from(RATE)) as usize * 8;
        let begin = Instant::now();
        while fs::metadata(&heard).unwrap().len() < wanted as u64 {
            assert!(
                begin.elapsed() < Duration::from_secs(20),
                "nothing is recorded"
            );
            thread::sleep(Duration::from_millis(10));
        }
        let bytes = fs::read(&heard).unwrap();
        // The last quarter of a second: what was queued has passed.
        let tail = &bytes[wanted - RATE as usize / 4 * 8..wanted];
        let mut squares = [0.0; 2];
        for (place, sample) in tail.chunks_exact(4).enumerate() {
            let sample = f32::from_le_bytes(sample.try_into().unwrap());
            squares[place % 2] += f64::from(sample).powi(2);
        }
        squares.map(|sum| (sum / (tail.len() / 8) as f64).sqrt())
    }

    /// Waits until what is heard is a sine of these amplitudes, within 1 percent.
    fn expect(&self, amplitudes: [f64; 2]) {
        let begin = Instant::now();
        loop {
            let heard = self.hear().map(|rms| rms * std::f64::consts::SQRT_2);
            let near = |side: usize| {
                let wanted: f64 = amplitudes[side];
                (heard[side] - wanted).abs() <= 0.01 * wanted.max(0.01)
            };
            if near(0) && near(1) {
                return;
            }
            let late = begin.elapsed() > Duration::from_secs(30);
            assert!(!late, "heard {heard:?}, wanted {amplitudes:?}");
        }
    }
}

fn log_of(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_default()
}

#[test]
fn a_device_plays_what_the_faders_say_and_is_lost_and_found() {
    let programs = ["pulseaudio", "pactl", "parec"];
    if !programs.into_iter().all(is_installed) {
        return;
    }
    let mut server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    write_tone(&folder.path().join("tone.wav"), 30.0);
    let address = server.address();
    let variables = [("PULSE_SERVER", address.as_str())];
    let arguments = "tone.wav --play --loop --output pulse:null";
    let Some(tmux) = Tmux::run_in(folder, 100, 24, &console(arguments), &variables) else {
        return;
    };
    let devices = Command::new(env!("CARGO_BIN_EXE_perbus-console"))
        .arg("--list-devices")
        .env("PULSE_SERVER", &address)
        .output()
        .unwrap();
    let devices = String::from_utf8(devices.stdout).unwrap();
    let null = "pulse:null\n    Null-sink (PulseAudio), 2 out, 0 in, 48000 Hz, default output\n";
    assert!(devices.contains(null), "{devices}");
    tmux.wait_text("Null-sink (PulseAudio) | xruns ");
    server.expect([0.5, 0.5]);
    tmux.press(&["0", "NPage", "End", "PPage", "Home"]);
    server.expect([0.5, 0.5]);
    tmux.press(&["NPage"]);
    let half = 0.5 * 10f64.powf(-6.0 / 20.0);
    server.expect([half, half]);
    tmux.press(&["."; 20]);
    server.expect([0.0, half]);
    tmux.press(&["m"]);
    server.expect([0.0, 0.0]);
    tmux.press(&["m", "c"]);
    server.expect([half, half]);

    server.kill();
    tmux.wait_text("is lost, waiting for it");
    server.start_again();
    tmux.wait_text("the device is back");
    server.expect([half, half]);
    tmux.press(&["Space"]);
    tmux.wait_text("# halted");
    server.expect([0.0, 0.0]);
}

#[test]
fn a_microphone_is_on_a_strip() {
    let programs = ["pulseaudio", "pactl", "parec", "pacat"];
    if !programs.into_iter().all(is_installed) {
        return;
    }
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let spoken = folder.path().join("spoken");
    let samples: Vec<u8> = tone(60.0).flat_map(f32::to_le_bytes).collect();
    fs::write(&spoken, samples).unwrap();
    let mut speaker = Command::new("pacat");
    speaker.args(["--server", &server.address(), "-d", "mic", "--raw"]);
    speaker.args(["--format=float32le", "--channels=1", "--rate=48000"]);
    speaker.arg(&spoken).stderr(Stdio::null());
    let _speaker = Process(speaker.spawn().unwrap());
    let address = server.address();
    let variables = [("PULSE_SERVER", address.as_str())];
    let arguments = "--input=pulse:mic.monitor --output pulse:null";
    let command = console(arguments);
    let Some(tmux) = Tmux::run_in(folder, 110, 24, &command, &variables) else {
        return;
    };
    let screen = tmux.wait_text("| input ");
    assert_eq!([screen.cell(0, 0), screen.low(0, 2)], ["input", "[M]  s"]);
    server.expect([0.0, 0.0]);
    tmux.press(&["m"]);
    server.expect([0.5, 0.5]);
    tmux.press(&["NPage", ",", "."]);
    let half = 0.5 * 10f64.powf(-6.0 / 20.0);
    server.expect([half, half]);
}
