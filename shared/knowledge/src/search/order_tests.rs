//! The order in which sources were added changes no answer.

use std::{fs, path::PathBuf, sync::Arc};

use domain::{
    SourceId,
    source::{Chunk, QaPair},
};

use crate::{Found, Index, Match, Segment, chunk::chunks_of_file, file};

/// Orders that are tried beside the first.
const ORDERS: usize = 3;
/// Numbers that are added up in another order differ by this much of a confidence at most.
const ROUNDING: f64 = 0.001;
/// Of this many questions of `tests/usage` one is asked.
const EACH: usize = 4;

enum Source {
    Page(Arc<Segment>),
    Pair(QaPair),
}

/// The pages and pairs of all businesses of `tests/usage`, each a source, and what is asked there.
fn usage() -> (Vec<Source>, Vec<String>) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/usage");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| fs::read_dir(entry.unwrap().path()).ok())
        .flat_map(|business| business.map(|entry| entry.unwrap().path()))
        .collect();
    files.sort();
    let (mut sources, mut questions) = (Vec::new(), Vec::new());
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let rows = rows.records().map(|row| row.unwrap());
        match name {
            "pairs.csv" => sources.extend(rows.map(|row| {
                let (question, answer) = (row[0].to_owned(), row[1].to_owned());
                Source::Pair(QaPair { question, alternatives: Vec::new(), answer })
            })),
            "questions.csv" | "fresh.csv" => questions.extend(rows.map(|row| row[3].to_owned())),
            name => {
                let document = file::read(name, "text/markdown", text.as_bytes()).unwrap();
                let chunks = chunks_of_file(&document, name);
                let parts = chunks.chunk_by(|a, b| a.headings == b.headings);
                sources.extend(
                    parts.map(|part: &[Chunk]| Source::Page(Arc::new(Segment::build(part)))),
                );
            }
        }
    }
    (sources, questions)
}

fn index<'s>(sources: impl Iterator<Item = &'s Source>) -> Index {
    let (mut segments, mut pairs) = (Vec::new(), Vec::new());
    for source in sources {
        match source {
            Source::Page(segment) => segments.push((SourceId::new(), Arc::clone(segment))),
            Source::Pair(pair) => pairs.push((SourceId::new(), pair.clone())),
        }
    }
    Index::new(segments, pairs)
}

/// What a visitor gets of it.
fn said(found: &Found) -> (String, Vec<&str>) {
    let answer = match &found.best {
        Match::Pair(pair, _) => pair.answer.clone(),
        Match::Passages(all) => all.first().map(|one| one.quote.clone()).unwrap_or_default(),
        Match::Nothing => String::new(),
    };
    (answer, found.offers.iter().map(|offer| offer.text.as_str()).collect())
}

#[test]
fn the_order_of_sources_changes_no_answer() {
    let (sources, questions) = usage();
    assert!(sources.len() > 40 && questions.len() > 300, "{} {}", sources.len(), questions.len());
    let first = index(sources.iter());
    let mut wrong = String::new();
    for order in 1..=ORDERS {
        // Steps of a number that has no part in common with how many there are reach each once.
        let step = (sources.len() / (order + 1)..).find(|s| is_coprime(*s, sources.len())).unwrap();
        let places = (0..sources.len()).map(|at| (at * step + order) % sources.len());
        let other = index(places.map(|at| &sources[at]));
        for question in questions.iter().step_by(EACH) {
            let (one, two) = (first.find(question, 3), other.find(question, 3));
            let (sure, as_sure) = (one.confidence, two.confidence);
            if said(&one) != said(&two) || (sure - as_sure).abs() > ROUNDING {
                let (one, two) = (said(&one), said(&two));
                wrong.push_str(&format!("{question}: {sure} {one:?} {as_sure} {two:?}\n"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn is_coprime(a: usize, b: usize) -> bool {
    if b == 0 { a == 1 } else { is_coprime(b, a % b) }
}
