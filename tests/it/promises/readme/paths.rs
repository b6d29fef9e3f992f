//! What the documents name is there: every path in a code span, every target of a link.

use std::path::{Path, PathBuf};

use super::{files_below, root};

/// Folders that a path in a document of the root begins with.
const FOLDERS: [&str; 7] =
    ["functions/", "shared/", "infra/", "tests/", "events/", "docs/", ".ci/"];

/// Text outside fenced blocks.
pub(super) fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

fn spans(prose: &str) -> impl Iterator<Item = &str> {
    prose.split('`').skip(1).step_by(2)
}

/// Paths with a place to fill in, or a pattern, name nothing by themselves.
fn is_exact(span: &str) -> bool {
    !span.is_empty() && !span.contains(['<', '{', '*', ' ', '…', '('])
}

/// The documents at the root and in docs/, and the README of each folder.
pub(super) fn documents() -> Vec<PathBuf> {
    let mut found = vec![
        root().join("README.md"),
        root().join("CONTRIBUTING.md"),
        root().join("SECURITY.md"),
        root().join("tests/README.md"),
    ];
    for folder in ["docs", "functions", "shared", "infra"] {
        let below = files_below(&root().join(folder));
        found.extend(below.into_iter().filter(|file| file.extension().is_some_and(|e| e == "md")));
    }
    found
}

fn text_of(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

/// A heading's fragment, as forges make it.
fn fragment(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().replace(' ', "-")
}

#[test]
fn every_path_that_a_document_names_is_there() {
    let mut missing = Vec::new();
    for document in documents() {
        let text = text_of(&document);
        let folder = document.parent().expect("a folder");
        for span in spans(&prose(&text)).filter(|span| is_exact(span)) {
            let of_root = FOLDERS.iter().any(|folder| span.starts_with(folder));
            // A crate's README names its own files from its own folder or from its src.
            let of_crate = document.ends_with("README.md")
                && document != root().join("README.md")
                && folder.join("Cargo.toml").exists()
                && (span.ends_with(".rs") || span.ends_with('/'));
            let found = [root(), folder.to_owned(), folder.join("src")]
                .iter()
                .any(|base| base.join(span).exists());
            if (of_root || (of_crate && !span.starts_with(['/', '.']))) && !found {
                missing.push(format!("{}: {span}", document.display()));
            }
        }
    }
    assert!(missing.is_empty(), "these are not there: {missing:#?}");
}

#[test]
fn every_link_of_a_document_leads_somewhere() {
    let mut broken = Vec::new();
    for document in documents() {
        let text = text_of(&document);
        let folder = document.parent().expect("a folder");
        for link in prose(&text).split("](").skip(1) {
            let target = link.split(')').next().unwrap_or_default();
            if target.contains("://") {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() { document.clone() } else { folder.join(path) };
            let known = file.exists()
                && (anchor.is_empty() || {
                    let text = text_of(&file);
                    let mut headings = text.lines().filter(|line| line.starts_with('#'));
                    headings.any(|line| {
                        let heading = line.trim_start_matches('#');
                        fragment(heading) == anchor || line.ends_with(&format!("{{#{anchor}}}"))
                    })
                });
            if !known {
                broken.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "these links lead nowhere: {broken:#?}");
}
