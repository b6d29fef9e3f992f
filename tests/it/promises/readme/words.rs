//! The documents and the comments of the code use the field's words and name their actors.

use super::{
    files_below,
    paths::{documents, prose},
    root,
};

/// Words to avoid, each with what to write instead.
const HOUSE_WORDS: [(&str, &str); 12] = [
    ("nobody", "name the actor, or `no one`"),
    ("somebody", "name the actor"),
    ("anew", "again"),
    ("spelt", "named, written"),
    ("so many", "the number"),
    ("asked for", "requested"),
    ("goes on", "continues"),
    ("given up", "failed for good, exhausted"),
    ("hangs on", "belongs to, depends on"),
    ("stands", "is"),
    ("at the most", "at most"),
    ("what follows", "effects"),
];

/// Where `words` are in `text` as whole words, white space between them of any kind.
fn has(text: &str, words: &str) -> bool {
    let found: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).collect();
    let wanted: Vec<&str> = words.split(' ').collect();
    found.windows(wanted.len()).any(|window| {
        window.iter().zip(&wanted).all(|(found, wanted)| found.eq_ignore_ascii_case(wanted))
    })
}

#[test]
fn no_document_has_a_house_word_for_a_term_of_the_field() {
    let mut found = Vec::new();
    for document in documents() {
        let text = std::fs::read_to_string(&document).expect("a document");
        let prose = prose(&text);
        for (word, better) in HOUSE_WORDS {
            if has(&prose, word) {
                found.push(format!("{}: {word:?}; write {better}", document.display()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// The text of a file's comments.
fn comments(code: &str) -> String {
    let of_line = |line: &str| {
        let (before, comment) = line.split_once("//")?;
        // Two slashes within a string are a URL's.
        (!before.contains('"')).then(|| comment.trim_start_matches(['/', '!']).to_owned())
    };
    code.lines().filter_map(of_line).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_comment_has_a_house_word_for_a_term_of_the_field() {
    let mut found = Vec::new();
    for place in ["functions", "shared", "infra", "tests"] {
        let files = files_below(&root().join(place));
        for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "rs")) {
            let text = comments(&std::fs::read_to_string(file).expect("a source file"));
            let words = HOUSE_WORDS.iter().filter(|(word, _)| has(&text, word));
            let name = file.display();
            found.extend(words.map(|(word, better)| format!("{name}: {word:?}; write {better}")));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn comments_are_read_line_by_line_and_without_strings() {
    let code = "/// One.\nlet url = \"http://x\"; // no\n    // Two\n//! three.";
    assert_eq!(comments(code), " One.\n Two\n three.");
}

#[test]
fn words_are_found_across_lines_and_only_whole() {
    assert!(has("It asks\nfor two, at the\n  most.", "at the most"));
    assert!(has("Nobody does.", "nobody"));
    assert!(!has("It understands at the mosts.", "stands"));
    assert!(!has("at the mosts", "at the most"));
}
