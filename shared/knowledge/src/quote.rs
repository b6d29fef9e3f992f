//! What of a passage is quoted: the sentence that answers and what belongs to it, never the middle of
//! a sentence; a list or steps whole; a row of a table; code with its lines.
//!
//! A passage is read as lines, and lines of prose as sentences. A sentence is chosen by the weight of
//! the question's words that it has, by how near its embedding is, and by whether it has the kind of
//! thing that is requested. What the heading says already needs no repetition: below a heading that is
//! the question itself the answer is at the beginning.

mod fact;
mod lines;
mod names;
mod ranges;
pub(crate) mod scope;
mod score;
mod sentences;
mod table;
pub(crate) mod weekdays;

use domain::conversation::shorten;

use self::{
    lines::{Kind, Line, kind, lines, parts},
    score::Scorer,
    sentences::sentences,
};
use crate::{
    asks,
    facts::Fact,
    semantic::Vector,
    text::{self, Stems},
};

/// Characters of prose that are quoted at least, if the passage has them, and at most.
const MIN_QUOTE: usize = 300;
/// A quotation shorter than this begins earlier, with what is said before it.
const MIN_CONTEXT: usize = 30;
const MAX_QUOTE: usize = 600;
/// Characters of a list or of code that is quoted whole.
const MAX_LIST: usize = 2_400;
/// A sentence that scores this much less than the best may be the one that answers.
const AS_GOOD: f32 = 0.28;
/// A heading that has this much of the question says what all below it answers.
const ASKED_ABOVE: f32 = 0.6;
/// What is added for a sentence that has the kind of thing that is requested, and for the cosine.
const KIND: f32 = 0.2;
const NEARNESS: f32 = 0.5;
/// What is added for the first sentence below a heading that is the question.
const FIRST_BELOW: f32 = 0.9;
/// What a line that is no sentence counts for, beside one that is.
const UNTOLD: f32 = 0.75;
/// What is added for a row that the question names.
const ROW_NAMED: f32 = 0.45;
/// The share of the question that may be said further below, if the answer is what comes first.
const MAX_BELOW: f32 = 0.12;
/// What another word for the same thing counts for.
const SAME_CONCEPT: f32 = 0.4;
/// An answer that a reader may take for one that is given to another.
const MAX_SHORT: usize = 60;

/// A question, as sentences are compared with it.
pub(crate) struct QuoteQuery<'q> {
    /// Content terms and what each is worth.
    pub terms: Vec<(String, f32)>,
    /// The concept that each of them names, if it names one.
    pub concepts: Vec<Option<u16>>,
    /// Its vector, if the static table knows its language.
    pub vector: Option<&'q Vector>,
    /// Its words in plain form.
    pub words: Vec<String>,
    /// What it wants to be told.
    pub fact: Option<Fact>,
}

/// What is quoted of `content` under `heading`, in the language of `stems`.
pub(crate) fn quote(content: &str, heading: &str, query: &QuoteQuery<'_>, stems: &Stems) -> String {
    let lines = lines(content);
    let heading_terms: Vec<String> = stems.terms(heading).collect();
    let scorer = Scorer::new(query, &heading_terms, stems);
    let total = scorer.total;
    let in_heading = |term: &String| heading_terms.contains(term);
    let above: f32 = query.terms.iter().filter(|(term, _)| in_heading(term)).map(|t| t.1).sum();
    let first = first_told(&lines);
    let share_above = if total > 0.0 { above / total } else { 0.0 };
    // What of the question the heading lacks, and what is below the first line has.
    let below = scorer.share_below(lines.get(first + 1..).unwrap_or_default());
    // "Why does it fail?" below "Why a source fails" asks the same.
    let kind = asks::asks(&query.words);
    let heading_words: Vec<String> = text::words(heading).collect();
    let same_kind = kind.is_some() && kind == asks::asks(&heading_words);
    let is_asked_above = share_above >= ASKED_ABOVE && below <= MAX_BELOW
        || same_kind && share_above >= ASKED_ABOVE / 2.0;
    let mut scored: Vec<Scored> = Vec::new();
    for (line, of) in lines.iter().enumerate() {
        for (place, text) in parts(of).enumerate() {
            let mut score = scorer.score(text, of.kind);
            // The first words below the question are what answers it.
            if line == first && place == 0 {
                score +=
                    if is_asked_above { FIRST_BELOW } else { share_above * (0.5 - below).max(0.0) };
            }
            scored.push(Scored { line, text, score });
        }
    }
    // Of those alike the first.
    let best = (0..scored.len()).rev().max_by(|a, b| scored[*a].score.total_cmp(&scored[*b].score));
    let is_item = |at: usize| lines.get(at).is_some_and(|line| line.kind == Kind::Item);
    let Some(best) = best else { return shorten(content.trim(), MIN_QUOTE * 2) };
    let at = scored[best].line;
    let quoted = match lines[at].kind {
        // Below a heading that is the question, a list after the first lines is the answer, and so is
        // whatever else there is.
        Kind::Prose if is_asked_above && is_item(at + 1) => with_list(&lines, at),
        Kind::Prose if is_asked_above && at == first => section(&lines, at),
        Kind::Prose => {
            let tells = |at: usize| scorer.tells_fact(scored[at].text, lines[scored[at].line].kind);
            let fact = fact::likeliest(&scored, best, tells);
            let quoted = prose(&lines, &scored, best, fact);
            fact::added(&lines, &scored, fact, quoted)
        }
        Kind::Item => list(&lines, at),
        Kind::Line if table::is_row(&lines[at].text) => {
            table::quoted(&lines, &scored, best, |line| scorer.names_row(line))
        }
        Kind::Line => run(&lines, at),
    };
    if quoted.is_empty() {
        shorten(content.trim(), MIN_QUOTE * 2)
    } else {
        scope::led(&lines, at, quoted)
    }
}

/// Whether `content` has a row that the question names and that states the fact which is wanted.
pub(crate) fn has_row(content: &str, heading: &str, query: &QuoteQuery<'_>, stems: &Stems) -> bool {
    let heading: Vec<String> = stems.terms(heading).collect();
    let scorer = Scorer::new(query, &heading, stems);
    lines(content).iter().any(|line| {
        line.kind == Kind::Line
            && table::is_row(&line.text)
            && scorer.names_row(&line.text)
            && scorer.states_wanted(&line.text, line.kind)
    })
}

/// How well the sentence of `content` fits that fits best, to be compared with others below the same
/// heading.
pub(crate) fn fit(content: &str, heading: &str, query: &QuoteQuery<'_>, stems: &Stems) -> f32 {
    let heading: Vec<String> = stems.terms(heading).collect();
    let scorer = Scorer::new(query, &heading, stems);
    let lines = lines(content);
    let scores =
        lines.iter().flat_map(|line| parts(line).map(|part| scorer.score(part, line.kind)));
    scores.fold(0.0, f32::max)
}

/// A sentence or a line, and how well it fits the question.
struct Scored<'l> {
    line: usize,
    text: &'l str,
    score: f32,
}

/// The first line that does not ask.
fn first_told(lines: &[Line]) -> usize {
    lines.iter().position(|line| !asks_something(&line.text)).unwrap_or(0)
}

fn asks_something(text: &str) -> bool {
    text.trim_end().ends_with(['?', '？', '؟'])
}

/// A sentence, those about as good, those after it until there is enough to read, and what it cannot
/// be without.
fn prose(lines: &[Line], scored: &[Scored<'_>], best: usize, fact: Option<usize>) -> String {
    let told = |at: usize| {
        let one = &scored[at];
        lines[one.line].kind == Kind::Prose && !asks_something(one.text)
    };
    let length = |begin: usize, end: usize| -> usize {
        scored[begin..=end].iter().map(|one| one.text.chars().count() + 1).sum()
    };
    let is_close = |at: usize| scored[at].score >= scored[best].score - AS_GOOD;
    let (mut begin, mut end) = (best, best);
    // Where several are about as good, a reader finds the answer in all of them.
    let asks = asks_something(scored[best].text);
    for at in (0..best).rev().take_while(|at| !asks && told(*at) && length(*at, best) <= MAX_QUOTE)
    {
        if is_close(at) {
            begin = at;
        }
    }
    // "It is …" says nothing without what is before it; nor is "No." to be left out.
    let before = |at: usize| at > 0 && scored[at - 1].line == scored[at].line;
    let first = begin;
    while before(begin)
        && (refers_back(scored[begin].text) || answers(scored[begin - 1].text))
        && begin + 2 > first
    {
        begin -= 1;
    }
    let same_line = |at: usize| scored[at].line == scored[best].line;
    for at in (best + 1..scored.len())
        .take_while(|at| !asks && told(*at) && length(begin, *at) <= MAX_QUOTE)
    {
        if is_close(at) || (same_line(at) && length(begin, at - 1) <= MIN_QUOTE) {
            end = at;
        }
    }
    // Up to the fact that is wanted, where all between is prose.
    if let Some(fact) = fact {
        let (from, to) = (begin.min(fact), end.max(fact));
        let is_told = (from..=to).all(|at| (begin..=end).contains(&at) || told(at));
        if !asks && is_told && length(from, to) <= MAX_QUOTE {
            (begin, end) = (from, to);
        }
    }
    // Alone it may say little.
    while before(begin)
        && length(begin, end) <= MIN_CONTEXT
        && !asks_something(scored[begin - 1].text)
        && length(begin - 1, end) <= MIN_QUOTE
    {
        begin -= 1;
    }
    let mut quoted = String::new();
    for at in begin..=end {
        if at > begin {
            quoted.push_str(if scored[at].line == scored[at - 1].line { " " } else { "\n" });
        }
        quoted.push_str(scored[at].text);
    }
    if quoted.chars().count() > MAX_QUOTE {
        quoted = shorten(&quoted, MAX_QUOTE);
    }
    let at = scored[end].line;
    let all = sentences(&lines[at].text);
    // What a question or a colon leads to is below it, and code below what says to run it.
    let mut next = at + 1;
    let is_code = |line: &Line| line.kind == Kind::Line && !line.text.contains(" | ");
    let leads = quoted.ends_with([':', '：'])
        || asks_something(&quoted)
        || (all.last().is_some_and(|last| quoted.ends_with(last))
            && lines.get(next).is_some_and(is_code));
    if asks_something(&quoted) {
        quoted.clear();
    }
    let short = quoted.chars().count() < MAX_SHORT && lines.len() <= 6;
    while let Some(line) = lines.get(next).filter(|line| {
        let room = quoted.chars().count() + line.text.chars().count();
        // A list ends where prose begins.
        let after_list =
            line.kind == Kind::Prose && next > at + 1 && lines[next - 1].kind == Kind::Item;
        let more = !after_list && leads && (line.kind != Kind::Prose || room <= MAX_QUOTE)
            || short && !after_list && line.kind == Kind::Prose;
        more && !asks_something(&line.text)
            && room <= if line.kind == Kind::Prose { MAX_QUOTE } else { MAX_LIST }
    }) {
        if !quoted.is_empty() {
            quoted.push('\n');
        }
        quoted.push_str(&line.text);
        next += 1;
        if line.kind == Kind::Prose && quoted.chars().count() >= MIN_QUOTE {
            break;
        }
    }
    if leads && lines.get(next).is_some_and(|line| line.kind == Kind::Item) {
        quoted.push_str("\n…");
    }
    quoted
}

/// Whether a short sentence is an answer on its own: "No.", "Unfortunately not."
fn answers(sentence: &str) -> bool {
    const ANSWERS: &str = "yes no unfortunately sorry sure certainly ja nein leider oui non si sim nao sì helaas evet \
        hayir да нет نعم لا हां नहीं";
    let first = text::words(sentence).next().unwrap_or_default();
    sentence.chars().count() <= 40 && ANSWERS.split_whitespace().any(|word| word == first)
}

fn refers_back(sentence: &str) -> bool {
    const BACK: &str = "it its this that these those they them their he she his her but however otherwise then also \
        there therefore so es das dies diese dieser sie er aber jedoch sonst dann deshalb il elle ils elles cela \
        mais donc ello esto eso pero entonces esso questo ma quindi isso mas это он она они но поэтому bu o ama";
    let first = text::words(sentence).next().unwrap_or_default();
    BACK.split_whitespace().any(|word| word == first)
}

/// What is below a heading that is the question, from its first line on, as far as it is read.
fn section(lines: &[Line], at: usize) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut length = 0;
    let below = lines[at..].iter().take_while(|line| !asks_something(&line.text));
    for (line, next) in below.zip(lines[at + 1..].iter().map(Some).chain([None])) {
        length += line.text.chars().count() + 1;
        let leads = said.last().is_some_and(|last| last.ends_with([':', '：']));
        let is_part = line.kind != Kind::Prose
            && (leads || lines_alike(said.last(), line))
            && length <= MAX_LIST;
        if !said.is_empty() && length > MAX_QUOTE && !is_part {
            break;
        }
        let announces = line.text.ends_with([':', '：']) && next.is_some();
        if !said.is_empty() && announces && length > MIN_QUOTE {
            break;
        }
        said.push(match line.kind {
            Kind::Line if line.text.contains(" | ") => table::sentence(&line.text, None),
            _ => line.text.clone(),
        });
    }
    said.join("\n")
}

/// Whether a line continues what the last one is a part of, a list or code.
fn lines_alike(last: Option<&String>, line: &Line) -> bool {
    last.is_some_and(|last| kind(last) == line.kind)
}

/// A line of prose and the list below it.
fn with_list(lines: &[Line], at: usize) -> String {
    let items = lines[at + 1..].iter().take_while(|line| line.kind == Kind::Item).count();
    cut(&lines[at..=at + items], 0)
}

/// The list that an item is of, with the line that introduces it, as far as it is read whole.
fn list(lines: &[Line], at: usize) -> String {
    let is_item = |at: usize| lines.get(at).is_some_and(|line| line.kind == Kind::Item);
    let (mut begin, mut end) = (at, at + 1);
    while begin > 0 && is_item(begin - 1) {
        begin -= 1;
    }
    while is_item(end) {
        end += 1;
    }
    let leads = |line: &Line| line.text.ends_with([':', '：']) && !asks_something(&line.text);
    if begin > 0 && leads(&lines[begin - 1]) {
        begin -= 1;
    }
    // What the last item announces is code below it.
    if leads(&lines[end - 1]) {
        end += lines[end..].iter().take_while(|line| line.kind == Kind::Line).count();
    }
    cut(&lines[begin..end], at - begin)
}

/// Lines without a stop that belong together, such as code.
fn run(lines: &[Line], at: usize) -> String {
    let is_line = |at: usize| {
        lines.get(at).is_some_and(|line| line.kind == Kind::Line && !line.text.contains(" | "))
    };
    let (mut begin, mut end) = (at, at + 1);
    while begin > 0 && is_line(begin - 1) {
        begin -= 1;
    }
    while is_line(end) {
        end += 1;
    }
    let leads = |line: &Line| line.text.ends_with([':', '：']) && !asks_something(&line.text);
    // Code says nothing without the paragraph that says what it does.
    let is_code = lines[begin..end].iter().any(|line| score::is_code(&line.text));
    let tells = |line: &Line| {
        is_code
            && line.kind == Kind::Prose
            && !asks_something(&line.text)
            && line.text.chars().count() <= MAX_QUOTE
    };
    if begin > 0 && (leads(&lines[begin - 1]) || tells(&lines[begin - 1])) {
        begin -= 1;
    }
    // A line alone that names what is below it.
    if end == begin + 1
        && let Some(below) = lines.get(end).filter(|line| !asks_something(&line.text))
    {
        end += usize::from(below.kind == Kind::Prose);
    }
    cut(&lines[begin..end], at - begin)
}

/// Lines as they are, as many as are read whole, the one at `wanted` among them.
fn cut(lines: &[Line], wanted: usize) -> String {
    let mut length = 0;
    let fits = lines.iter().take_while(|line| {
        length += line.text.chars().count() + 1;
        length <= MAX_LIST
    });
    let fits = fits.count();
    let (from, to) =
        if wanted < fits { (0, fits) } else { (wanted, (wanted + 3).min(lines.len())) };
    let mut text: Vec<&str> = lines[from..to].iter().map(|line| line.text.as_str()).collect();
    if to < lines.len() {
        text.push("…");
    }
    text.join("\n")
}

#[cfg(test)]
mod tests;
