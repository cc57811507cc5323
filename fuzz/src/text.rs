//! Changes to texts that leave most of their syntax as it was.

use crate::damage::Random;

/// Values that a reader has to refuse, or to survive.
const VALUES: [&str; 24] = [
    "0",
    "1",
    "-1",
    "0.5",
    "4",
    "4.000001",
    "-0.0",
    "1e-320",
    "1e38",
    "1e39",
    "1e400",
    "86400",
    "86401",
    "65535",
    "65536",
    "4294967295",
    "4294967296",
    "-9223372036854775808",
    "18446744073709551615",
    "nan",
    "inf",
    "null",
    "true",
    "\"\\u0000\"",
];

/// Replaces, repeats, removes or exchanges a few words or lines.
pub(crate) fn rewrite(original: &str, other: &str, random: &mut Random) -> String {
    let mut words = split(original);
    let others = split(other);
    for _ in 0..=random.below(6) {
        if words.is_empty() {
            break;
        }
        let at = random.below(words.len());
        let longest = [1, 4, 40][random.below(3)];
        let length = 1 + random.below(longest);
        let end = words.len().min(at + length);
        match random.below(7) {
            0 | 1 => words[at] = VALUES[random.below(VALUES.len())].to_owned(),
            2 if !others.is_empty() => {
                words[at] = others[random.below(others.len())].clone();
            }
            3 if !others.is_empty() => {
                let from = random.below(others.len());
                let piece = others[from..others.len().min(from + length)].to_vec();
                words.splice(at..at, piece);
            }
            4 => drop(words.drain(at..end)),
            5 => {
                let piece = words[at..end].to_vec();
                let to = random.below(words.len());
                words.splice(to..to, piece);
            }
            _ => {
                let to = random.below(words.len());
                words.swap(at, to);
            }
        }
    }
    words.concat()
}

/// Words, numbers, and what is between them, one character each.
fn split(text: &str) -> Vec<String> {
    let is_word = |it: char| it.is_alphanumeric() || "_.+-".contains(it);
    let mut words: Vec<String> = Vec::new();
    let mut grows = false;
    for letter in text.chars() {
        match words.last_mut() {
            Some(word) if grows && is_word(letter) => word.push(letter),
            _ => words.push(letter.into()),
        }
        grows = is_word(letter);
    }
    words
}
