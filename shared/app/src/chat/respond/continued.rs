//! What the last answer is from, as the answer to a message that leaves something out: most messages after an
//! answer are about the same thing.

use knowledge::{
    Found, Match, Passage,
    follow_up::{self, Continuation, MessageReading},
    text,
};

use super::{LastTurn, Message};

/// How sure it is that what the last answer is from answers a message too that leaves something out: where it
/// states what is wanted and names what is new, and where it does the one or the other, which is less than
/// anything that answers by itself.
const CONTINUED: f64 = 0.8;
const PARTLY_CONTINUED: f64 = 0.5;
/// Characters of an answer that are searched for its section.
const MAX_QUOTED: usize = 200;
/// Words that an answer and its section have in a row, at least: "Yes." is in many.
const MIN_COMPARED: usize = 4;

/// Where the last answer is from.
struct Origin<'f> {
    /// Its section, if what was found has it.
    section: Option<&'f Passage>,
    /// The same with the last answer as what is quoted of it.
    again: Passage,
}

impl LastTurn {
    /// The beginning of the answer, as what is searched for the section that it is from; nothing if it is from none.
    pub(super) fn quoted(&self) -> Option<String> {
        if self.is_pair || self.citations.is_empty() {
            return None;
        }
        let mut length = 0;
        let begins = |sentence: &&str| {
            let is_first = length == 0;
            length += sentence.chars().count();
            is_first || length <= MAX_QUOTED
        };
        let sentences: Vec<&str> = text::sentences(&self.answer).take_while(begins).collect();
        let quoted: String = sentences.join(" ").chars().take(MAX_QUOTED).collect();
        (!quoted.is_empty()).then_some(quoted)
    }

    /// Whether the answer is from a passage, by how it begins; nothing if it says nothing.
    fn is_from(&self) -> Option<impl Fn(&Passage) -> bool> {
        let mut beginning = String::from(" ");
        for sentence in text::sentences(&self.answer) {
            beginning.push_str(&text::normalized(sentence));
            beginning.push(' ');
            if beginning.split_whitespace().count() >= MIN_COMPARED {
                break;
            }
        }
        let says = !beginning.trim().is_empty();
        let is_from = move |passage: &Passage| {
            format!(" {} ", text::normalized(&passage.content)).contains(&beginning)
        };
        says.then_some(is_from)
    }
}

impl Message<'_> {
    /// What more there is to tell: the section that the last answer is from, if it is among what was `found` for
    /// the answer's own words, and otherwise what was found for what was asked.
    pub(super) fn more_of(&self, mut found: Vec<Found>) -> Found {
        let quoted = if found.len() > 1 { found.pop() } else { None };
        let asked = found.pop().unwrap_or_else(Found::nothing);
        let section = quoted.and_then(|quoted| match quoted.best {
            Match::Passages(passages) => {
                let is_from = self.last.as_ref()?.is_from()?;
                passages.into_iter().find(is_from)
            }
            Match::Pair(..) | Match::Nothing => None,
        });
        let Some(section) = section else { return asked };
        let others = match &asked.best {
            // It is asked word for word.
            Match::Pair(..) if asked.confidence >= 1.0 => return asked,
            Match::Passages(passages) => passages.clone(),
            Match::Pair(..) | Match::Nothing => Vec::new(),
        };
        let others = others.into_iter().filter(|other| other.content != section.content);
        let passages = std::iter::once(section.clone()).chain(others).collect();
        let confidence = asked.confidence.max(CONTINUED);
        Found { best: Match::Passages(passages), confidence, ..asked }
    }

    /// What the last answer is from, if it is about what is new. `with` was found for the message with the
    /// question before, and has its quotation for both.
    pub(super) fn continued(&self, with: &Found) -> Option<Found> {
        let MessageReading::With(_, clearly) = self.reading else { return None };
        let last = self.last.as_ref()?;
        let others = match &with.best {
            Match::Passages(passages) => passages.as_slice(),
            Match::Pair(..) | Match::Nothing => &[],
        };
        let origin = origin(last, others)?;
        // What has a heading or a question of its own is meant, unless a fact is wanted that is stated here.
        let has_its_own = with.offers.iter().any(|offer| self.names_what_is_new(&offer.text));
        if has_its_own && !follow_up::wants_fact(self.question) {
            return None;
        }
        let (passage, continuation) = self.continuing(last, origin)?;
        let confidence = match continuation {
            Continuation::Fully if clearly => CONTINUED,
            Continuation::Fully => PARTLY_CONTINUED,
            Continuation::Partly if clearly => PARTLY_CONTINUED,
            Continuation::Partly | Continuation::None => return None,
        };
        let rest = others.iter().filter(|other| other.content != passage.content).cloned();
        let passages = std::iter::once(passage.clone()).chain(rest).collect();
        Some(Found { best: Match::Passages(passages), confidence, ..with.clone() })
    }

    /// What of the `origin` of the last answer answers the message, and how much of it: the quotation that was
    /// found, the last answer again, or a sentence that states what is wanted and was not said.
    fn continuing(&self, last: &LastTurn, origin: Origin<'_>) -> Option<(Passage, Continuation)> {
        let Origin { section, again } = origin;
        let how = |said: &str| {
            follow_up::continuation(self.question, &last.question, said, self.language)
        };
        let by_section = section.map_or(Continuation::None, |passage| how(&passage.quote));
        let continuation = by_section.max(how(&last.answer));
        if continuation != Continuation::Fully
            && let Some(quote) = section.and_then(|passage| self.unsaid(passage))
        {
            return Some((Passage { quote, ..again }, Continuation::Fully));
        }
        if by_section == continuation
            && let Some(section) = section
        {
            return Some((section.clone(), continuation));
        }
        // To say it again because it is about some of what is new answers nothing.
        (continuation == Continuation::Fully).then_some((again, continuation))
    }
}

/// Where the last answer is from, among the passages `found`; nothing if it is not known any more.
fn origin<'f>(last: &LastTurn, found: &'f [Passage]) -> Option<Origin<'f>> {
    let citation = last.citations.first()?;
    let is_from = last.is_from()?;
    let section = found.iter().find(|passage| is_from(passage));
    let again = match section {
        Some(section) => Passage { quote: last.answer.clone(), ..section.clone() },
        None if last.is_pair => Passage {
            citation: citation.clone(),
            content: last.answer.clone(),
            quote: last.answer.clone(),
            score: found.first().map_or(1.0, |best| best.score),
        },
        None => return None,
    };
    Some(Origin { section: section.filter(|passage| !passage.quote.is_empty()), again })
}
