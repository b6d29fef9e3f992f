use std::sync::Arc;

use domain::{SourceId, source::Chunk};

use super::*;
use crate::segment::Segment;

fn index(texts: &[&str], pairs: &[(&str, &str)]) -> Index {
    let chunks: Vec<Chunk> = texts
        .iter()
        .map(|content| Chunk {
            id: String::new(),
            content: (*content).to_owned(),
            headings: Vec::new(),
            url: Some("https://example.com/".into()),
            title: String::new(),
            tokens: 1,
        })
        .collect();
    let pairs = pairs.iter().map(|(question, answer)| {
        let pair = QaPair {
            question: (*question).into(),
            alternatives: Vec::new(),
            answer: (*answer).into(),
        };
        (SourceId::new(), pair)
    });
    Index::new([(SourceId::new(), Arc::new(Segment::build(&chunks)))], pairs)
}

const TEXTS: &[&str] = &[
    "Parcels are sent every morning. A parcel takes three days.",
    "Returns are free for thirty days. Keep the receipt of the order.",
    "The office is closed on public holidays such as Easter.",
    "Orders can be paid by card or by invoice. An invoice is due after two weeks.",
];

#[test]
fn the_passage_about_the_question_comes_first_with_the_sentence_that_says_so() {
    let found = index(TEXTS, &[]).find("How long is an invoice due?", 3);
    let Match::Passages(passages) = found.best else { panic!("{found:?}") };
    assert!(passages[0].content.starts_with("Orders can be paid"));
    assert!(passages[0].quote.starts_with("An invoice is due"), "{}", passages[0].quote);
    assert!(found.confidence > 0.5, "{}", found.confidence);
}

#[test]
fn a_question_about_something_else_is_not_covered() {
    let index = index(TEXTS, &[]);
    for question in ["What is the weather like in Lisbon?", "Who won the cup final on Easter?"] {
        let found = index.find(question, 3);
        assert!(found.confidence < 0.5, "{question}: {}", found.confidence);
    }
    assert_eq!(index.find("zebra", 3).best, Match::Nothing);
    assert_eq!(Index::default().find("anything", 3).best, Match::Nothing);
}

#[test]
fn a_pair_answers_its_own_question_and_near_ones_only() {
    let index = index(TEXTS, &[("What are your opening hours?", "Nine to five.")]);
    for (question, sure) in [
        ("what are your opening hours", 1.0),
        ("What are the opening hours", 0.99),
        ("opening hours?", 0.99),
    ] {
        let found = index.find(question, 3);
        assert!(matches!(&found.best, Match::Pair(p, _) if p.answer == "Nine to five."));
        assert!(found.confidence >= sure, "{question}: {}", found.confidence);
    }
    for question in ["What are your shipping costs?", "opening a bank account in hours"] {
        let found = index.find(question, 3);
        assert!(found.confidence < 0.5, "{question}: {}", found.confidence);
    }
}
