//! Pages and files of which is known what has to be read and what must not be: phrases, looked for
//! in what was read, however the rest of it is put together.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

/// What is wanted of one page: phrases that have to be read, and phrases that must not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    read: Vec<String>,
    absent: Vec<String>,
}

/// What is wanted of each page, by its id.
pub type AllWanted = BTreeMap<String, Wanted>;

/// Reads `{"<id>": {"read": ["…"], "absent": ["…"]}}`.
pub fn parse(text: &str) -> Result<AllWanted, serde_json::Error> {
    let all: BTreeMap<String, Value> = serde_json::from_str(text)?;
    let phrases = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(plain).collect()
    };
    let of =
        |value: &Value| Wanted { read: phrases(&value["read"]), absent: phrases(&value["absent"]) };
    Ok(all.into_iter().map(|(id, value)| (id, of(&value))).collect())
}

/// Spaces folded, in lower case.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// How much of what is wanted was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PhraseScore {
    /// Phrases that were read and had to be.
    pub read: usize,
    /// Phrases that had to be read.
    pub wanted: usize,
    /// Phrases that were read and must not be.
    pub unwanted: usize,
    /// Phrases that must not be read.
    pub refused: usize,
}

impl PhraseScore {
    /// In the text of each page; a page without one was not read.
    pub fn of<'a>(all: &AllWanted, text: impl Fn(&str) -> Option<&'a str>) -> Self {
        let mut found = Self::default();
        for (id, wanted) in all {
            let text = plain(text(id).unwrap_or_default());
            let count = |of: &[String]| of.iter().filter(|p| text.contains(p.as_str())).count();
            found.read += count(&wanted.read);
            found.wanted += wanted.read.len();
            found.unwanted += count(&wanted.absent);
            found.refused += wanted.absent.len();
        }
        found
    }

    /// Of the phrases that had to be read, how many were.
    pub fn recall(&self) -> f64 {
        ratio(self.read, self.wanted)
    }

    /// Of the phrases that were read, how many had to be.
    pub fn precision(&self) -> f64 {
        ratio(self.read, self.read + self.unwanted)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole > 0 { part as f64 / whole as f64 } else { 0.0 }
}

impl fmt::Display for PhraseScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (precision, recall) = (self.precision(), self.recall());
        let sum = precision + recall;
        let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        write!(f, "{f1:.3} | {precision:.3} | {recall:.3}")
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::extract::{Options, run};

    #[test]
    fn phrases_are_found_however_they_are_spaced() {
        let all = parse(r#"{"a": {"read": ["Two words", "three"], "absent": ["menu"]}}"#).unwrap();
        let found = PhraseScore::of(&all, |_| Some("two\n  WORDS and a Menu"));
        assert_eq!(found, PhraseScore { read: 1, wanted: 2, unwanted: 1, refused: 1 });
        assert_eq!((found.recall(), found.precision()), (0.5, 0.5));
        assert_eq!(PhraseScore::of(&all, |_| None).to_string(), "0.000 | 0.000 | 0.000");
    }

    /// The project's own pages and files stay read as they are.
    #[test]
    fn pages_and_files_of_common_generators_are_read() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
        let folder = tempfile::tempdir().unwrap();
        for part in ["pages", "files"] {
            let options = Options {
                pages: corpus.join(part),
                out: folder.path().join("out.json"),
                truth: None,
                wanted: Some(corpus.join(format!("{part}.json"))),
                docs: None,
                peer: Vec::<PathBuf>::new(),
                rounds: 1,
            };
            let table = run(&options).unwrap();
            let ours = table.lines().find(|line| line.contains("Colloquy")).unwrap();
            let figures: Vec<f64> =
                ours.split('|').filter_map(|cell| cell.trim().parse().ok()).collect();
            assert!(figures[1] >= 0.98 && figures[2] >= 0.98, "{part}: {table}");
        }
    }
}
