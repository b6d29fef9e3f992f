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
            ..Chunk::default()
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

#[test]
fn a_visitors_number_and_an_elided_letter_are_no_other_thing() {
    let pairs = [
        ("Can my child have an account?", "From 11 there is the Spark account."),
        ("Comment retrouver ma carte perdue ?", "Bloquez la carte dans l'application."),
        ("What does plan 2 cost?", "Ten euros."),
        ("What does error E-04 mean?", "The tank is empty."),
    ];
    let index = index(&[], &pairs);
    let is_apart = |question: &str, pair: &str| {
        let all = index.explain(question, None, 12);
        let one = all.iter().find(|one| one.heading == pair).expect("it is among the best");
        one.likeness.is_some_and(|likeness| likeness.is_apart)
    };
    for number in ["my child is 12, can she have an account?", "account for my 14 year old child"] {
        assert!(!is_apart(number, pairs[0].0), "{number}");
    }
    for elided in [
        "J'ai perdu ma carte, comment la retrouver ?",
        "comment retrouver ma carte que j’ai perdue",
    ] {
        assert!(!is_apart(elided, pairs[1].0), "{elided}");
    }
    assert!(is_apart("What does plan 3 cost?", pairs[2].0));
    assert!(is_apart("What does error E-05 mean?", pairs[3].0));
}

#[test]
fn the_same_question_about_another_thing_is_another() {
    let pairs = [
        ("Do you also give lessons in dyeing?", "Yes, in May."),
        ("Kann ich bei euch den Spinnkurs machen?", "Ja, im Mai."),
    ];
    let index = index(&[], &pairs);
    let is_apart = |question: &str, pair: &str| {
        let all = index.explain(question, None, 12);
        let one = all.iter().find(|one| one.heading == pair).expect("it is among the best");
        one.likeness.is_some_and(|likeness| likeness.is_apart)
    };
    assert!(is_apart("do you also give lessons in juggling", pairs[0].0));
    assert!(is_apart("kann ich den Reitkurs bei euch machen", pairs[1].0));
    assert!(index.find("kann ich den Reitkurs bei euch machen", 3).confidence < 0.5);
    assert!(!is_apart("do you give lessons in dyeing", pairs[0].0));
    assert!(!is_apart("kann ich den Spinnkurs machen", pairs[1].0));
}

fn headed(texts: &[(&str, &str)]) -> Index {
    let chunk = |(heading, content): &(&str, &str)| Chunk {
        content: (*content).to_owned(),
        headings: vec![(*heading).to_owned()],
        title: "Sheep".into(),
        ..Chunk::default()
    };
    let chunks: Vec<Chunk> = texts.iter().map(chunk).collect();
    Index::new([(SourceId::new(), Arc::new(Segment::build(&chunks)))], [])
}

#[test]
fn a_measure_is_not_answered_without_a_number() {
    let index = headed(&[
        (
            "Shearing days",
            "People meet on the lawn for the shearing days. Everybody brings a blade.",
        ),
        ("Wool", "Wool is weighed in the barn. Wet wool is not weighed."),
    ]);
    let sure = |question: &str| index.find(question, 3).confidence >= 0.5;
    assert!(sure("where do people meet for the shearing days?"));
    assert!(!sure("how many people meet for the shearing days?"));
    assert!(sure("how much wet wool is weighed in the barn?"), "there is none");
}

#[test]
fn why_is_answered_from_the_beginning_of_the_section_that_says_why() {
    let index = headed(&[
        ("Why a fleece fails", "A fleece fails because it is wet. It may be too short."),
        (
            "Why a fleece fails",
            "A failed fleece of mine was dried again after a crawl through the hedge.",
        ),
    ]);
    let found = index.find("my fleece failed in the hedge, why?", 3);
    let Match::Passages(passages) = &found.best else { panic!("{found:?}") };
    assert!(passages[0].quote.starts_with("A fleece fails because"), "{passages:?}");
}

#[test]
fn a_section_with_the_row_that_is_asked_for_comes_first() {
    let texts = [
        (
            "Calling off",
            "A shearing can be called off two days before. Later you pay for half of the shearing.",
        ),
        (
            "What it costs",
            "Work: Shearing (one ewe) | Price: 9 €\nWork: Trimming | Price: 4 €\nWe come to you from ten ewes on.",
        ),
    ];
    let found = headed(&texts).find("price of shearing", 3);
    let Match::Passages(passages) = &found.best else { panic!("{found:?}") };
    assert!(passages[0].quote.contains("9 €"), "{passages:?}");
}

#[test]
fn a_pair_in_the_visitors_language_comes_before_one_in_another() {
    let pairs = [
        (
            "Quanto tempo prima devo essere al porto in macchina?",
            "In macchina 60 minuti prima della partenza.",
        ),
        (
            "How long before departure must I be at the port by car?",
            "By car 60 minutes before departure.",
        ),
        ("Quanto costa il biglietto per il traghetto?", "Il biglietto costa venti euro."),
        ("How much is a ticket for the ferry?", "A ticket is twenty euros."),
    ];
    let index = index(&[], &pairs);
    for (question, answer) in [
        ("quando devo essere al porto con la macchina", pairs[0].1),
        ("when must i be at the port with my car", pairs[1].1),
    ] {
        let found = index.find(question, 3);
        let Match::Pair(pair, _) = &found.best else { panic!("{question}: {found:?}") };
        assert_eq!(pair.answer, answer, "{question}");
    }
}

#[test]
fn a_syllable_of_another_tone_is_another_word_unless_it_is_typed_without() {
    let texts = [
        "Bạn bè và khách của bạn được vào cửa miễn phí, bạn chỉ cần báo trước cho bạn của chúng tôi.",
        "Bàn ăn được làm từ gỗ sồi, mỗi bàn nặng bốn mươi ki-lô-gam.",
        "Ban quản lý họp vào thứ hai hằng tuần.",
    ];
    let index = index(&texts, &[]);
    let first = |question: &str| index.rank(question, None, 3).hits.first().map(|hit| hit.entry);
    assert_eq!(first("Cái bàn nặng bao nhiêu?"), Some(1));
    assert_eq!(first("Ban quản lý họp khi nào?"), Some(2));
    assert_eq!(first("cai ban nang bao nhieu ki lo gam"), Some(1));
}

#[test]
fn where_two_words_meet_nothing_is_missed() {
    let index =
        index(&["您可以在三十天内退回未使用的商品，不需要原来的包装，运费由我们承担。"], &[]);
    let asked = index.find("退回商品需要包装吗？", 3);
    let other = index.find("你们的老板今年多大年纪？", 3);
    assert!(asked.confidence > 0.5, "{}", asked.confidence);
    assert!(other.confidence < 0.2, "{}", other.confidence);
}

#[test]
fn whoever_asks_where_is_told_the_address() {
    let chunk = |content: &str, heading: &str| Chunk {
        content: content.to_owned(),
        headings: vec![heading.to_owned()],
        title: "Quarry Dental".to_owned(),
        ..Chunk::default()
    };
    let chunks = [
        chunk("We see children and adults, and emergencies on the same day.", "Treatments"),
        chunk("Monday to Friday, 8 to 18\nQuarry Dental, 7 Long Street, Hexham", "Hours"),
        chunk("A check-up is 40 pounds, a filling 90 pounds.", "Prices"),
    ];
    let index = Index::new([(SourceId::new(), Arc::new(Segment::build(&chunks)))], []);
    for question in ["Where are you?", "Where is Quarry Dental?", "What's your address?"] {
        let found = index.find(question, 3);
        let Match::Passages(passages) = &found.best else { panic!("{question}: {found:?}") };
        assert!(passages[0].quote.contains("7 Long Street"), "{question}: {}", passages[0].quote);
        assert!(found.confidence > 0.5, "{question}: {}", found.confidence);
    }
}

#[test]
fn a_short_text_is_quoted_whole_where_its_quotation_would_say_the_question_again() {
    let text = "My card payment was cancelled. Why? Banks refuse a payment abroad.";
    let found = index(&[TEXTS[0], TEXTS[1], text], &[]).find("My card payment was cancelled", 1);
    let Match::Passages(passages) = &found.best else { panic!("{found:?}") };
    assert_eq!(passages[0].quote, text);
    assert!(found.confidence > 0.0);
}
