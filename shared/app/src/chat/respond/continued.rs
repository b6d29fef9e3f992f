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

/// Where the last answer is from.
struct Origin<'f> {
    /// Its section, if what was found has it.
    section: Option<&'f Passage>,
    /// The same with the last answer as what is quoted of it.
    again: Passage,
}

impl Message<'_> {
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
    let beginning = text::sentences(&last.answer).next().map(text::normalized)?;
    let is_from = |passage: &&Passage| text::normalized(&passage.content).contains(&beginning);
    let section = found.iter().find(is_from);
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
