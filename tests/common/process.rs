//! Tests that need a process of their own, for what they measure or for a server of theirs; and
//! what Linux says about a process.

use std::fs;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// A child that was disturbed exits with this status.
const DISTURBED: i32 = 75;

/// How often a machine may be too busy for a test.
const ATTEMPTS: u32 = 3;

/// Runs an ignored test of this program in a process of its own. Of its output, the lines are shown
/// that begin with `label`.
pub(crate) fn run_alone(label: &str, test: &str) {
    run(label, test, &[]);
}

/// The same, with a PulseAudio server of its own.
pub(crate) fn run_on_a_server(label: &str, test: &str) {
    run(label, test, &["sh", "tools/with-pulse.sh"]);
}

fn run(label: &str, test: &str, wrapper: &[&str]) {
    // They measure.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let program = std::env::current_exe().expect("this program");
    let program = program.to_str().expect("a path in UTF-8");
    let words = [
        wrapper,
        &[program, "--exact", test, "--ignored", "--nocapture"],
    ]
    .concat();
    for attempt in 1..=ATTEMPTS {
        let output = Command::new(words[0])
            .args(&words[1..])
            // The message alone: logs are cut, and a backtrace would be what is left of them.
            .env("RUST_BACKTRACE", "0")
            .output()
            .expect("a child");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let shown = text.lines().filter(|line| line.starts_with(label));
        shown.for_each(|line| println!("{line}"));
        if text.contains("are skipped") {
            println!("{text}");
            return;
        }
        if output.status.code() == Some(DISTURBED) {
            println!("{label}: the machine was disturbed in attempt {attempt} of {ATTEMPTS}");
            continue;
        }
        let passed = output.status.success() && text.contains("1 passed");
        assert!(passed, "{text}\n{errors}");
        return;
    }
    panic!("the machine was too busy, {ATTEMPTS} times");
}

/// Ends the process: what was played broke off, which is a busy machine's fault if nothing else is
/// wrong.
pub(crate) fn give_up(label: &str, reason: &str) -> ! {
    println!("{label}: {reason}");
    std::process::exit(DISTURBED)
}

/// The resident memory of this process, in bytes.
pub(crate) fn resident() -> u64 {
    1024 * number_of_status("VmRSS:")
}

/// The threads of this process.
pub(crate) fn threads() -> u64 {
    number_of_status("Threads:")
}

/// The files, sockets and pipes that this process has open.
pub(crate) fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").expect("/proc").count()
}

fn number_of_status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("/proc");
    let line = status.lines().find(|line| line.starts_with(name));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.unwrap_or_else(|| panic!("{name} in {status}"))
}

/// A length that an environment variable sets.
pub(crate) fn length<T: std::str::FromStr>(variable: &str, usual: T) -> T {
    let text = std::env::var(variable).unwrap_or_default();
    if text.is_empty() {
        return usual;
    }
    let Ok(number) = text.parse() else {
        panic!("{variable} is a number, not {text}");
    };
    number
}
