//! What the styles of paragraphs say, and which lists are counted.

use std::collections::{HashMap, HashSet};

use super::MAX_LEVELS;
use crate::office::markup::{self, Event};

/// What the styles of paragraphs say.
#[derive(Default)]
pub(super) struct Styles {
    /// The level of the heading that each style is one of.
    pub(super) levels: HashMap<String, u8>,
    /// The list that each style is of.
    pub(super) lists: HashMap<String, String>,
    /// Those of lines of a table of contents.
    pub(super) contents: HashSet<String>,
}

impl Styles {
    pub(super) fn of(xml: &str) -> Self {
        let mut styles = Self::default();
        let mut based: Vec<(String, String)> = Vec::new();
        let mut style = String::new();
        markup::each(xml, |event| {
            let Event::Open(tag) = event else { return };
            match (tag.name.as_str(), tag.get("val")) {
                ("style", _) => tag.get("styleId").unwrap_or_default().clone_into(&mut style),
                ("basedOn", Some(on)) => based.push((style.clone(), on.to_owned())),
                ("name", Some(name)) => {
                    let name = name.to_lowercase();
                    if name.starts_with("toc ") || name == "table of figures" {
                        styles.contents.insert(style.clone());
                    }
                    let level = level_of(&name);
                    styles.levels.extend(level.map(|level| (style.clone(), level)));
                }
                ("outlineLvl", Some(level)) => {
                    let level: Option<u8> = level.parse().ok().filter(|level| *level < 9);
                    styles.levels.extend(level.map(|level| (style.clone(), level + 1)));
                }
                ("numId", Some(list)) if list != "0" => {
                    styles.lists.insert(style.clone(), list.to_owned());
                }
                _ => {}
            }
        });
        // A style that is based on another's is what that is.
        for _ in 0..4 {
            for (style, on) in &based {
                if let Some(level) = styles.levels.get(on).copied() {
                    styles.levels.entry(style.clone()).or_insert(level);
                }
                if let Some(list) = styles.lists.get(on).cloned() {
                    styles.lists.entry(style.clone()).or_insert(list);
                }
            }
        }
        styles
    }
}

/// The level of the heading that a style of this name is one of.
fn level_of(name: &str) -> Option<u8> {
    match name.strip_prefix("heading ") {
        Some(level) => level.trim().parse().ok().filter(|level| (1..=9).contains(level)),
        None => (name == "title").then_some(1),
    }
}

/// Which levels of which lists are counted.
pub(super) fn counted_lists(xml: &str) -> HashMap<(String, usize), bool> {
    let mut formats: HashMap<(String, usize), bool> = HashMap::new();
    let mut numbers: Vec<(String, String)> = Vec::new();
    let (mut of, mut level, mut number) = (String::new(), 0, String::new());
    markup::each(xml, |event| {
        let Event::Open(tag) = event else { return };
        let val = || tag.get("val").unwrap_or_default().to_owned();
        match tag.name.as_str() {
            "abstractNum" => of = tag.get("abstractNumId").unwrap_or_default().to_owned(),
            "lvl" => level = tag.number("ilvl", MAX_LEVELS).unwrap_or(0),
            "numFmt" => {
                formats.insert((of.clone(), level), !matches!(val().as_str(), "bullet" | "none"));
            }
            "num" => number = tag.get("numId").unwrap_or_default().to_owned(),
            "abstractNumId" => numbers.push((number.clone(), val())),
            _ => {}
        }
    });
    let mut counted = HashMap::new();
    for (number, of) in numbers {
        for level in 0..MAX_LEVELS {
            if let Some(is) = formats.get(&(of.clone(), level)) {
                counted.insert((number.clone(), level), *is);
            }
        }
    }
    counted
}
