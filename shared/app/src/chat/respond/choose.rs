//! Which of the searches of a message that leaves out what was said before counts.

use knowledge::{
    Found, Match, Passage,
    follow_up::{self, MessageReading},
    text,
};

use super::Message;

/// What a question together with what was said before has to gain to be taken for a follow-up that
/// it may be or not.
const GAIN: f64 = 0.15;

/// The share that a message has in common with the question of a pair that it asks the opposite of.
const SAME_SUBJECT: f32 = 0.35;
/// What the confidence counts for that what was said before answers a message which names something
/// that it does not; and the same where it refers to what was asked before ("can I change it?").
const STALE: f64 = 0.45;
const MAYBE_STALE: f64 = 0.7;
const FRESH: f64 = 1.0;
/// The same of what does not state the fact that was wanted before, of a message that names another thing.
const LACKING: f64 = 0.5;

impl Message<'_> {
    /// What else is searched where what was found for [`Self::searches`] is what was said before and
    /// does not name what is new: the message with less of what was asked before.
    pub fn narrower(&self, found: &[Found]) -> Vec<String> {
        let MessageReading::With(subject, true) = &self.reading else { return Vec::new() };
        let is_repeated = found.last().is_some_and(|with| self.is_repeated(with));
        match is_repeated && self.rewritten.is_none() {
            true => follow_up::narrowed(subject, self.question, self.language),
            false => Vec::new(),
        }
    }

    /// Whether `found` says again what an answer before said, and not most of what is new.
    fn is_repeated(&self, found: &Found) -> bool {
        let (Some(said), Some(last)) = (said_by(found), &self.last) else { return false };
        // Who asks the same again wants to hear it again.
        !follow_up::is_about(self.question, &last.question, self.language)
            && last.said.contains(&text::normalized(said))
            && !follow_up::is_about(self.question, said, self.language)
    }

    /// What the confidence of `found` counts for: less if it is what was said before, though the message is about
    /// something else too, or wants a fact that was not stated.
    fn freshness(&self, found: &Found) -> f64 {
        let Some(said) = said_by(found).filter(|_| self.is_repeated(found)) else { return FRESH };
        // "Why so late?" is answered by the reason, though it was said.
        if follow_up::is_reason(self.question, said) {
            return FRESH;
        }
        let wants_more = follow_up::wants_more(self.question, said);
        match follow_up::new_subject(self.question, self.language) {
            Some(true) => STALE,
            _ if wants_more => STALE,
            Some(false) => MAYBE_STALE,
            None => FRESH,
        }
    }

    pub(super) fn names_what_is_new(&self, said: &str) -> bool {
        follow_up::names_what_is_new(self.question, said, self.language)
    }

    /// `found` with the sentence of its section that states what the question before wanted, where the message
    /// only names another thing; less sure if there is none.
    fn stating(&self, found: Found) -> Found {
        let MessageReading::With(before, _) = &self.reading else { return found };
        let lacks = |said| follow_up::lacks_fact(self.question, before, said, self.language);
        // A pair with the very words is first, whatever it states.
        if found.confidence >= 1.0 || !said_by(&found).is_some_and(lacks) {
            return found;
        }
        if let Match::Passages(passages) = &found.best
            && let Some(sentence) = passages.first().and_then(|first| self.unsaid(first))
        {
            let mut passages = passages.clone();
            if let Some(first) = passages.first_mut() {
                first.quote = sentence;
            }
            return Found { best: Match::Passages(passages), ..found };
        }
        Found { confidence: found.confidence * LACKING, ..found }
    }

    /// What of `passage` states the fact that the message wants, and was not said.
    pub(super) fn unsaid(&self, passage: &Passage) -> Option<String> {
        let MessageReading::With(before, _) = &self.reading else { return None };
        let said = self.last.as_ref().map_or("", |last| last.answer.as_str());
        follow_up::unsaid(self.question, before, &passage.content, said, self.language)
    }

    /// Which of what was found for [`Self::searches`] counts, or of what was found for
    /// [`Self::narrower`].
    pub fn choose(&self, found: Vec<Found>, narrower: Vec<Found>) -> Found {
        if let MessageReading::More(_) = self.reading {
            return self.more_of(found);
        }
        let mut found: Vec<Found> = found.into_iter().map(|found| self.stating(found)).collect();
        let Some(with) = found.pop() else { return Found::nothing() };
        let Some(alone) = found.pop() else { return with };
        let narrower = narrower.into_iter().map(|found| self.stating(found));
        let named = narrower.filter(|found| {
            !self.is_repeated(found)
                && said_by(found).is_some_and(|said| self.names_what_is_new(said))
        });
        let named = named.max_by(|a, b| a.confidence.total_cmp(&b.confidence));
        let freshness = if named.is_none() { self.freshness(&with) } else { FRESH };
        let is_stale = freshness < FRESH;
        let with = named.unwrap_or(Found { confidence: with.confidence * freshness, ..with });
        let is_asked_as_it_is = alone.confidence >= 1.0;
        let freshness = if is_asked_as_it_is { FRESH } else { self.freshness(&alone) };
        let alone = Found { confidence: alone.confidence * freshness, ..alone };
        let clearly = matches!(self.reading, MessageReading::With(_, true));
        // A question that is answered as it is is not dragged back, nor one that asks the opposite of
        // something known.
        let is_opposite = !clearly
            && alone
                .likeness
                .is_some_and(|likeness| likeness.is_apart && likeness.shared >= SAME_SUBJECT);
        let stands_alone = is_asked_as_it_is || is_opposite;
        let gain = if clearly && !is_stale { -GAIN } else { GAIN };
        let continued = if stands_alone { None } else { self.continued(&with) };
        let best = match !stands_alone && with.confidence >= alone.confidence + gain {
            true => self.assured(with),
            false => alone,
        };
        match continued {
            Some(continued) if continued.confidence > best.confidence => continued,
            _ => best,
        }
    }

    /// What was found for a clear follow-up. What the last answer said, and which names what is new, was
    /// meant: it is surer than a question by itself would be.
    fn assured(&self, found: Found) -> Found {
        let (Some(said), Some(last)) = (said_by(&found), &self.last) else { return found };
        let is_again = text::normalized(&last.answer).contains(&text::normalized(said));
        match self.leaves_out()
            && is_again
            && follow_up::is_about(self.question, said, self.language)
        {
            true => Found { confidence: (found.confidence + 1.0) / 2.0, ..found },
            false => found,
        }
    }
}

/// What the best of `found` says.
fn said_by(found: &Found) -> Option<&str> {
    match &found.best {
        Match::Pair(pair, _) => Some(&pair.answer),
        Match::Passages(passages) => passages.first().map(|passage| passage.quote.as_str()),
        Match::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::{Citation, SourceId};

    use super::super::tests::{chatbot, offer, passages};
    use super::*;
    use crate::chat::test_turn::turn;
    use serde_json::json;

    #[test]
    fn what_was_said_before_is_no_answer_to_something_else() {
        let chatbot = chatbot(json!({}));
        let past = [turn("What does colour printing cost?", "Printing in colour is 45p a page.")];
        let again = || passages(0.8, "Printing in colour is 45p a page.");
        let message = Message::read(&chatbot, "and how long may I use a computer?", &past, &[]);
        let chosen = message.choose(vec![passages(0.3, "Computers"), again()], Vec::new());
        assert_eq!(chosen.confidence, 0.3);
        let chosen = message.choose(vec![passages(0.1, "Computers"), again()], Vec::new());
        assert_eq!(chosen.confidence, 0.8 * STALE, "offered, not said again");
        // Who asks why is answered with what explains it, though it was said.
        let message = Message::read(&chatbot, "why?", &past, &[]);
        let chosen = message.choose(vec![passages(0.1, "Computers"), again()], Vec::new());
        assert!(chosen.confidence >= 0.8);
    }

    #[test]
    fn what_follows_an_answer_is_answered_from_where_it_is_from() {
        let chatbot = chatbot(json!({}));
        let answer = "A course takes four weeks and costs $45. Six puppies take part at most.";
        let citation = Citation { source_id: SourceId::new(), url: None, title: "T".into() };
        let mut past = [turn("What does the puppy course cost?", answer)];
        let chosen = |message: &str, past: &[domain::Turn], alone: f64| {
            let message = Message::read(&chatbot, message, past, &[]);
            let message = message.with_known_pairs(|_, known| known == answer);
            message.choose(vec![passages(alone, "Dogs"), passages(0.2, "Cats")], Vec::new())
        };
        let found = chosen("and how many puppies are in there?", &past, 0.6);
        assert_eq!(said_by(&found), Some("Dogs"), "it was from nowhere");
        past[0].citations = vec![citation];
        let found = chosen("and how many puppies are in there?", &past, 0.6);
        assert_eq!(said_by(&found), Some(answer));
        let message = Message::read(&chatbot, "and how many puppies are in there?", &past, &[]);
        let with = || passages(0.2, "Cats");
        let found = message.choose(vec![passages(0.6, "Dogs"), with()], Vec::new());
        assert_eq!(said_by(&found), Some("Dogs"), "it is not known any more");
        let with = || passages(0.2, &format!("{answer} Bring a lead."));
        let found = message.choose(vec![passages(0.6, "Dogs"), with()], Vec::new());
        assert!(said_by(&found).is_some_and(|said| said.starts_with(answer)), "its section is");
        let found = chosen("and do you sell leads?", &past, 0.6);
        assert_eq!(said_by(&found), Some("Dogs"), "something else");
        let message = Message::read(&chatbot, "and which puppies are there?", &past, &[]);
        let offers = vec![knowledge::Offer { text: "Our puppies".into(), ..offer() }];
        let with = Found { offers, ..passages(0.2, "Cats") };
        let found = message.choose(vec![passages(0.6, "Dogs"), with], Vec::new());
        assert_eq!(said_by(&found), Some("Dogs"), "it has a heading of its own");
        past[0].unanswered = true;
        let found = chosen("and how many puppies are in there?", &past, 0.6);
        assert_eq!(said_by(&found), Some("Dogs"), "it was no answer");
    }
}
