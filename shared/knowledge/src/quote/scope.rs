//! What a quotation is true for: a heading or a lead-in that denies ("What we do not repair") or sets
//! a condition ("Only for members") is part of what is below it, which reads as its opposite without.

use super::{
    asks_something,
    lines::{Kind, Line, kind, marker},
    sentences,
};
use crate::text;

/// Words that deny or leave out, in their plain form.
const DENYING: &str = "not no cannot never none without except excluding excluded excludes exclude exclusion \
    exclusions unless prohibited forbidden banned unable \
    nicht kein keine keinen keiner keines ausgenommen ausgeschlossen ausser ausnahme ausnahmen ohne verboten \
    pas aucun aucune sauf exclu exclus exclue exclues exclusion exclusions hors interdit interdits interdite sans \
    excepto salvo excluido excluidos excluida excluidas exclusiones exclusion sin ningun ninguna prohibido prohibida \
    non escluso esclusi esclusa escluse esclusioni tranne eccetto vietato senza \
    nao exceto excluidos excluido excluidas exclusoes proibido sem \
    niet geen behalve uitgesloten uitgezonderd uitzonderingen verboden zonder \
    nie bez oprocz wykluczone zabronione \
    не нет нельзя кроме исключая исключения исключением запрещено без \
    degil haric disinda yasak olmayan olmayanlar edilmeyen kapsamaz \
    لا ليس غير باستثناء ماعدا عدا ممنوع ممنوعة بدون لن नहीं सिवाय छोड़कर मना वर्जित बिना";
/// Words that set a condition.
const CONDITIONS: &str = "only solely exclusively if unless provided nur wenn falls sofern ausschliesslich \
    seulement uniquement exclusivement solo solamente unicamente exclusivamente soltanto apenas somente \
    alleen uitsluitend indien tylko wylacznie jesli только если исключительно sadece yalnizca eger \
    فقط إذا اذا केवल सिर्फ अगर यदि";
/// The same in scripts without spaces.
const DENYING_UNSPACED: [&str; 12] =
    ["不", "无", "無", "除外", "除了", "禁止", "没有", "未", "ない", "ません", "ไม่", "ห้าม"];
const CONDITIONS_UNSPACED: [&str; 6] = ["仅", "僅", "只限", "如果", "のみ", "เฉพาะ"];
/// Headings that are looked at, from the innermost.
const HEADINGS: usize = 2;
/// Characters of a heading or a lead-in that is quoted.
const MAX_LEAD: usize = 160;

fn has(text: &str, words: &str, unspaced: &[&str]) -> bool {
    text::words(text).any(|word| words.split_whitespace().any(|one| one == word))
        || unspaced.iter().any(|one| text.contains(one))
}

/// Whether a text denies or leaves out.
pub(crate) fn denies(text: &str) -> bool {
    has(text, DENYING, &DENYING_UNSPACED)
}

fn sets_condition(text: &str) -> bool {
    has(text, CONDITIONS, &CONDITIONS_UNSPACED)
}

/// `quote` below `headings`, with the innermost that it is not to be read without.
pub(crate) fn below(quote: String, headings: &[String]) -> String {
    let first = quote.lines().next().unwrap_or_default().trim();
    let is_prose = !marker(first) && kind(first) == Kind::Prose && !first.ends_with([':', '：']);
    let sentence = sentences::sentences(first).first().copied().unwrap_or_default();
    let needs = |heading: &&String| match (is_prose, asks_something(heading)) {
        // A sentence says itself what it is true for, unless the heading turns it round. An answer
        // to a question is read with it.
        (true, true) => false,
        (true, false) => denies(heading) && !denies(sentence),
        (false, true) => denies(heading),
        (false, false) => denies(heading) || sets_condition(heading),
    };
    let mut innermost = headings.iter().rev().take(HEADINGS);
    let Some(heading) = innermost.find(needs).map(|heading| heading.trim()) else { return quote };
    if heading.chars().count() > MAX_LEAD || quote.contains(heading) {
        return quote;
    }
    let stop = if heading.ends_with(['?', ':', '？', '：', '.', '!', '؟']) { "" } else { ":" };
    format!("{heading}{stop}\n{quote}")
}

/// What is quoted of the list or the rows that the line `at` is of, with the sentence before them that
/// denies or sets a condition.
pub(super) fn led(lines: &[Line], at: usize, quote: String) -> String {
    let Some(kind) = lines.get(at).map(|line| line.kind).filter(|kind| *kind != Kind::Prose) else {
        return quote;
    };
    let block = lines[..at].iter().rev().take_while(|line| line.kind == kind).count();
    let before = (at - block).checked_sub(1).and_then(|before| lines.get(before));
    let Some(before) = before.filter(|line| line.kind == Kind::Prose) else { return quote };
    let Some(lead) = sentences::sentences(&before.text).last().copied() else { return quote };
    let leads = lead.ends_with([':', '：']) || denies(lead) || sets_condition(lead);
    let fits = lead.chars().count() <= MAX_LEAD && !asks_something(lead);
    if leads && fits && !quote.contains(lead) { format!("{lead}\n{quote}") } else { quote }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below_one(quote: &str, heading: &str) -> String {
        below(quote.to_owned(), &[heading.to_owned()])
    }

    #[test]
    fn what_is_below_a_heading_that_denies_is_read_with_it() {
        let list = "- wet saddles\n- boots";
        for heading in [
            "What we do not lend",
            "Not included",
            "Das verleihen wir nicht",
            "Exclusions",
            "Ce que nous ne prêtons pas",
            "不出租的物品",
            "Only for members of the riding club",
        ] {
            assert_eq!(below_one(list, heading), format!("{heading}:\n{list}"));
        }
        assert_eq!(below_one(list, "What is not lent?"), format!("What is not lent?\n{list}"));
        for heading in ["What we lend", "Notes", "If I am late, what then?"] {
            assert_eq!(below_one(list, heading), list);
        }
    }

    #[test]
    fn a_sentence_that_denies_itself_needs_no_heading() {
        let denies = "Saddles are not lent. Boots neither.";
        assert_eq!(below_one(denies, "What we do not lend"), denies);
        let enumerates = "Saddles, boots and whips. They are excluded for good reasons.";
        assert_eq!(
            below_one(enumerates, "What we do not lend"),
            format!("What we do not lend:\n{enumerates}")
        );
        let conditional = "Foals are led by hand.";
        assert_eq!(below_one(conditional, "If it rains"), conditional);
    }

    #[test]
    fn an_outer_heading_counts_where_the_inner_says_nothing() {
        let headings = ["Not in the price".to_owned(), "In summer".to_owned()];
        let found = below("- ice\n- parasols".to_owned(), &headings);
        assert!(found.starts_with("Not in the price:\n"), "{found}");
    }
}
