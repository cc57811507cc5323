//! The runner in Rust: a script's lines as calls of the crate.

use std::fs;

use perbus::raw;

use crate::world::{number, Answer, Failure, World};

mod automation;
mod graph;
mod groups;
pub(crate) mod listening;
mod nodes;
mod scenes;
mod strips;
mod words;

/// Does what a line's name and other words say.
type Operations = fn(&mut World, &str, &[&str]) -> Answer;

const ANSWERS: [Operations; 7] = [
    graph::answer,
    strips::answer,
    groups::answer,
    automation::answer,
    scenes::answer,
    nodes::answer,
    listening::answer,
];

/// Runs scripts, and writes what they answer beside them.
pub(crate) fn run_files(files: &[String]) -> Result<(), String> {
    for file in files {
        let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        let mut runner = Runner {
            lines: text.lines().collect(),
            next: 0,
            world: World {
                script: file.clone(),
                ..World::default()
            },
            answers: String::new(),
        };
        while runner.next < runner.lines.len() {
            runner.run();
        }
        let out = format!("{file}.rust");
        fs::write(&out, runner.answers).map_err(|error| format!("{out}: {error}"))?;
    }
    Ok(())
}

struct Runner<'a> {
    lines: Vec<&'a str>,
    next: usize,
    world: World,
    answers: String,
}

impl Runner<'_> {
    /// Runs the next line; a batch runs those that follow it.
    fn run(&mut self) {
        let line = self.lines[self.next];
        self.next += 1;
        let number = self.next;
        self.world.line = number;
        let words: Vec<&str> = line.split(' ').collect();
        let answer = match words[0] {
            "batch" => self.batch(&words),
            _ => self.answer(&words),
        };
        let answer = match answer {
            Ok(answer) if answer.is_empty() => "ok".to_owned(),
            Ok(answer) => format!("ok {answer}"),
            Err(Failure::Missing) => "none".to_owned(),
            Err(Failure::Other) => panic!("line {number}: no such operation: {line}"),
            Err(Failure::Refused(error)) => format!("err {} {error}", raw::status(&error).0),
        };
        self.answers += &format!("{number} {answer}\n");
    }

    /// From the file that knows the operation.
    fn answer(&mut self, words: &[&str]) -> Answer {
        let mut answers = ANSWERS
            .iter()
            .map(|answer| answer(&mut self.world, words[0], &words[1..]));
        answers
            .find(|answer| !matches!(answer, Err(Failure::Other)))
            .unwrap_or(Err(Failure::Other))
    }

    fn batch(&mut self, words: &[&str]) -> Answer {
        let engine = self.world.engine(words[1])?.clone();
        let end = self.next + number::<usize>(words[2]);
        engine.batch(|| {
            while self.next < end {
                self.run();
            }
            Ok(())
        })?;
        Ok(String::new())
    }
}
