//! Has every language run every script, and compares what they answer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use crate::script::script;

/// The scripts of `make test`.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=100;

/// For all scripts, which take seconds.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a language does not have. There its answer is `n/a`.
const LACKING: [(&str, &str); 3] = [
    ("go", "dot"),
    ("go", "table"),
    // It renders block by block what is longer than a block.
    ("python", "render_past"),
];

/// What has to go wrong somewhere, or the scripts would not compare it: invalid argument, out of range,
/// not connected, not attached, wrong engine, wrong kind, not mixing, cycle, format, not running, no
/// pan control.
const STATUSES: [i32; 11] = [-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -18];

/// Writes the scripts to a folder, has the languages run them (`LANGUAGE=COMMAND` each, and Rust), and
/// compares.
pub(crate) fn check(folder: &str, commands: &[String]) -> Result<(), String> {
    let (seeds, all) = seeds()?;
    let folder = Path::new(folder);
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut scripts = Vec::new();
    for seed in seeds {
        let (path, lines) = (folder.join(seed.to_string()), script(seed));
        fs::write(&path, lines.join("\n") + "\n")
            .map_err(|error| format!("{}: {error}", path.display()))?;
        scripts.push((seed, path, lines));
    }
    let languages = run(commands, &scripts)?;
    let mut seen = Seen::default();
    let mut different = 0;
    for (seed, path, lines) in &scripts {
        different += usize::from(!compare(*seed, path, lines, &languages, &mut seen)?);
    }
    if different > 0 {
        let reason = "the languages differ in so many scripts";
        return Err(format!("{reason}: {different} of {}", scripts.len()));
    }
    if all {
        seen.judge()?;
    }
    println!(
        "{} scripts in {}: {seen}",
        scripts.len(),
        languages.join(", ")
    );
    Ok(())
}

/// Those of `PERBUS_SEEDS`, separated by blanks, or all.
fn seeds() -> Result<(Vec<u64>, bool), String> {
    let chosen = env::var("PERBUS_SEEDS").unwrap_or_default();
    if chosen.trim().is_empty() {
        return Ok((SEEDS.collect(), true));
    }
    let seeds: Result<_, std::num::ParseIntError> =
        chosen.split_whitespace().map(str::parse).collect();
    Ok((
        seeds.map_err(|error| format!("PERBUS_SEEDS: {chosen}: {error}"))?,
        false,
    ))
}

/// Runs all languages side by side, each on all scripts.
fn run(
    commands: &[String],
    scripts: &[(u64, PathBuf, Vec<String>)],
) -> Result<Vec<String>, String> {
    let own = env::current_exe().map_err(|error| error.to_string())?;
    let mut runners: Vec<(String, Command)> = vec![("rust".into(), Command::new(own))];
    runners[0].1.arg("run");
    for command in commands {
        let (language, words) = command
            .split_once('=')
            .ok_or("LANGUAGE=COMMAND is wanted")?;
        let mut words = words.split_whitespace();
        let mut command = Command::new(words.next().ok_or("LANGUAGE=COMMAND is wanted")?);
        command.args(words);
        runners.push((language.to_owned(), command));
    }
    for (language, _) in &runners {
        for (_, path, _) in scripts {
            // An old answer must not stand for one that is missing.
            let _ = fs::remove_file(answers(path, language));
        }
    }
    let mut running: Vec<(String, Child)> = Vec::new();
    for (language, mut command) in runners {
        command.args(scripts.iter().map(|(_, path, _)| path));
        let child = command
            .spawn()
            .map_err(|error| format!("{language}: {error}"))?;
        running.push((language, child));
    }
    let mut failed = Vec::new();
    let mut languages = Vec::new();
    let until = Instant::now() + PATIENCE;
    for (language, child) in running {
        match wait(child, until) {
            Ok(status) if status.success() => {}
            Ok(status) => failed.push(format!("the runner in {language}: {status}")),
            Err(reason) => failed.push(format!("the runner in {language}: {reason}")),
        }
        languages.push(language);
    }
    if failed.is_empty() {
        Ok(languages)
    } else {
        Err(failed.join("\n"))
    }
}

/// Kills it if it takes longer.
fn wait(mut child: Child, until: Instant) -> Result<ExitStatus, String> {
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok(status);
        }
        if Instant::now() > until {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("not done within {} s", PATIENCE.as_secs()));
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn answers(script: &Path, language: &str) -> PathBuf {
    script.with_extension(language)
}

/// A language's answers by line. A batch is answered after the lines in it.
fn read(script: &Path, language: &str, lines: usize) -> Result<Vec<String>, String> {
    let path = answers(script, language);
    let fail = |reason: String| format!("{}: {reason}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| fail(error.to_string()))?;
    let mut answers = vec![String::new(); lines];
    for line in text.lines() {
        let (number, answer) = line.split_once(' ').unwrap_or((line, ""));
        let place = number
            .parse()
            .ok()
            .and_then(|number: usize| number.checked_sub(1));
        match place.and_then(|place| answers.get_mut(place)) {
            Some(place) if place.is_empty() && !answer.is_empty() => *place = answer.to_owned(),
            _ => return Err(fail(format!("a line that answers nothing: {line}"))),
        }
    }
    Ok(answers)
}

/// Whether all languages give the same answers. The first that differs is shown: what follows it may
/// come of it.
fn compare(
    seed: u64,
    script: &Path,
    lines: &[String],
    languages: &[String],
    seen: &mut Seen,
) -> Result<bool, String> {
    let answers = languages
        .iter()
        .map(|language| read(script, language, lines.len()));
    let answers = answers.collect::<Result<Vec<_>, _>>()?;
    for (place, line) in lines.iter().enumerate() {
        let name = line.split(' ').next().unwrap_or_default();
        let mut given = languages
            .iter()
            .zip(answers.iter().map(|answers| &answers[place]));
        // The crate itself lacks nothing.
        let expected = &answers[0][place];
        let same = given.all(|(language, answer)| match answer.as_str() {
            "n/a" => LACKING.contains(&(language.as_str(), name)),
            "" => false,
            _ => answer == expected,
        });
        if !same {
            eprintln!("seed {seed}, line {}: {line}", place + 1);
            for (language, answers) in languages.iter().zip(&answers) {
                eprintln!("    {language:8}{}", answers[place]);
            }
            return Ok(false);
        }
        seen.note(name, expected);
    }
    Ok(true)
}

/// What has been compared.
#[derive(Default)]
struct Seen {
    /// How often each operation was done, and asked for.
    operations: BTreeMap<String, (usize, usize)>,
    statuses: BTreeMap<i32, usize>,
    blocks: usize,
    sounding: usize,
}

impl Seen {
    fn note(&mut self, name: &str, answer: &str) {
        let (done, asked) = self.operations.entry(name.to_owned()).or_default();
        *asked += 1;
        let words: Vec<&str> = answer.split(' ').collect();
        match words[0] {
            "ok" => *done += 1,
            "err" => {
                let status = words[1].parse().unwrap_or_default();
                *self.statuses.entry(status).or_default() += 1;
            }
            _ => (),
        }
        // After the hash: samples, of which a silent block has zeros only.
        if name == "render" && words[0] == "ok" && words.len() > 2 {
            self.blocks += 1;
            let silent = |sample: &&str| ["00000000", "80000000"].contains(sample);
            self.sounding += usize::from(!words[2..].iter().all(silent));
        }
    }

    /// Refuses scripts that compare too little.
    fn judge(&self) -> Result<(), String> {
        let never = self.operations.iter().filter(|(_, (done, _))| *done == 0);
        // That one is always refused.
        let never = never.filter(|(name, _)| *name != "render_past");
        let never: Vec<_> = never.map(|(name, _)| name.as_str()).collect();
        if !never.is_empty() {
            return Err(format!("never done in any script: {}", never.join(", ")));
        }
        let missing = STATUSES
            .iter()
            .filter(|status| !self.statuses.contains_key(status));
        let missing: Vec<_> = missing.map(ToString::to_string).collect();
        if !missing.is_empty() {
            return Err(format!(
                "no script meets these statuses: {}",
                missing.join(", ")
            ));
        }
        let (done, asked) = self.totals();
        if self.sounding * 2 < self.blocks || done * 3 < asked * 2 {
            return Err(format!("too much is silent or refused: {self}"));
        }
        Ok(())
    }

    fn totals(&self) -> (usize, usize) {
        let counts = self.operations.values();
        counts.fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1))
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (done, asked) = self.totals();
        let refused: usize = self.statuses.values().sum();
        write!(
            formatter,
            "{asked} operations of {} kinds, {done} done and {refused} refused with {} statuses; \
             {} blocks, {} of them with sound",
            self.operations.len(),
            self.statuses.len(),
            self.blocks,
            self.sounding
        )
    }
}
