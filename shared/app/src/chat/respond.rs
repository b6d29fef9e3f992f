//! What a message is answered with, short of asking an answerer: small talk, a pair, an offer, a
//! refusal; and what is searched for a message that leaves out what was said before.

mod choose;
mod continued;

use domain::{Chatbot, Citation, SourceId, Turn, chatbot::REFUSAL};
use knowledge::{
    Found, Match, Passage, SearchOutcome, Thresholds,
    follow_up::{self, MessageReading, Past},
    small_talk::{self, Intent, Phrase, Talk, text_of},
    text::{self, Language},
};

/// Turns of the past that a message is read after.
pub(super) const MAX_PAST: u32 = 2;
/// A message longer than this, in characters, says all that it means.
const MAX_FOLLOW_UP: usize = 200;
/// Characters of an answer that tells more.
const MORE: usize = 600;

/// What the engine says by itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub text: String,
    pub citations: Vec<Citation>,
    pub confidence: f64,
    /// Whether the question stays without an answer.
    pub unanswered: bool,
}

/// The reply that a search result leads to.
#[derive(Debug, PartialEq)]
pub(super) enum Response {
    /// The engine says this.
    Said(Said),
    /// An answerer is asked with these passages.
    Ask { passages: Vec<Passage>, confidence: f64 },
}

/// A message, read.
#[derive(Debug)]
pub(super) struct Message<'m> {
    /// What is searched: the message without a greeting.
    question: &'m str,
    talk: Talk<'m>,
    reading: MessageReading,
    /// The question with what it refers to, as a model put it.
    rewritten: Option<String>,
    last: Option<LastTurn>,
    language: Language,
}

/// The turn that a message follows.
#[derive(Debug)]
struct LastTurn {
    question: String,
    answer: String,
    /// The answers of all turns that are looked at, normalized.
    said: String,
    /// Where the answer is from; nothing if it was small talk, an offer or a refusal.
    citations: Vec<Citation>,
    /// Whether it is the answer of a pair that is still known.
    is_pair: bool,
}

/// Whether a message may leave out what was said before, so that this is worth reading.
pub(super) fn may_refer_back(message: &str) -> bool {
    message.chars().count() <= MAX_FOLLOW_UP
}

impl<'m> Message<'m> {
    /// Reads `message` after the turns of `past`, the newest last, where the chatbot knows what it
    /// knows in `languages`.
    pub fn read(
        chatbot: &Chatbot,
        message: &'m str,
        past: &[Turn],
        languages: &[Language],
    ) -> Self {
        let last = past.last().map(|turn| LastTurn {
            question: turn.question.clone(),
            answer: turn.answer.clone(),
            said: past.iter().map(|turn| format!("{}\n", text::normalized(&turn.answer))).collect(),
            citations: if turn.unanswered { Vec::new() } else { turn.citations.clone() },
            is_pair: false,
        });
        let past: Vec<Past> =
            past.iter().map(|turn| Past::new(&turn.question, &turn.answer)).collect();
        let talk = match chatbot.has_small_talk() {
            true => small_talk::talk(message),
            false => Talk::Question(message),
        };
        let question = match &talk {
            Talk::Question(question) => question,
            Talk::Small(..) => message,
        };
        // The visitor's own language; where the message tells too little, that of the conversation,
        // then that of what is known.
        let before = past.last().map(|past| text::detect_among(&past.question, languages));
        let likely: Vec<Language> = before.into_iter().chain(languages.iter().copied()).collect();
        let spoken = text::detect_among(message, &likely);
        let reading = follow_up::read(question, &past, spoken);
        let language = match &talk {
            Talk::Small(_, language) => *language,
            Talk::Question(_) => spoken,
        };
        Self { question, talk, reading, rewritten: None, last, language }
    }

    /// The same where `is_pair` says whether a source is a pair with this answer.
    pub fn with_known_pairs(mut self, is_pair: impl Fn(SourceId, &str) -> bool) -> Self {
        if let Some(last) = &mut self.last {
            let citation = last.citations.first();
            last.is_pair = citation.is_some_and(|from| is_pair(from.source_id, &last.answer));
        }
        self
    }

    /// Whether the message is not understood without what was said before.
    pub fn leaves_out(&self) -> bool {
        matches!(self.reading, MessageReading::With(_, true))
    }

    /// The question of its own that a model made of it.
    pub fn rewritten(&self) -> Option<String> {
        self.rewritten.clone()
    }

    /// As this question of its own, if there is one, in place of the words of the one before.
    pub fn with_rewritten(self, rewritten: Option<String>) -> Self {
        Self { rewritten, ..self }
    }

    /// Whether the message is small talk, as far as no pair is it word for word.
    pub fn is_small_talk(&self, confidence: f64) -> bool {
        matches!(self.talk, Talk::Small(..)) && confidence < 1.0
    }

    /// What is searched, in turn; [`Self::choose`] says which of them counts.
    pub fn searches(&self) -> Vec<String> {
        let alone = self.question.to_owned();
        match &self.reading {
            MessageReading::Takes(offer) => vec![offer.clone()],
            MessageReading::More(subject) => {
                let again = self.last.as_ref().and_then(LastTurn::quoted);
                std::iter::once(subject.clone()).chain(again).collect()
            }
            MessageReading::With(subject, _) => {
                let joined = || follow_up::joined(subject, self.question, self.language);
                let alone = follow_up::without_lead(self.question, self.language).to_owned();
                vec![alone, self.rewritten.clone().unwrap_or_else(joined)]
            }
            MessageReading::Alone | MessageReading::Declines => vec![alone],
        }
    }

    /// What `found` leads to.
    pub fn respond(&self, chatbot: &Chatbot, found: Found, topics: &[String]) -> Response {
        let is_asked = matches!(found.best, Match::Pair(..)) && found.confidence >= 1.0;
        let takes = matches!(self.reading, MessageReading::Takes(_) | MessageReading::More(_));
        if let (Talk::Small(intent, _), false, false) = (&self.talk, is_asked, takes) {
            return Response::Said(self.small_talk(chatbot, *intent));
        }
        if self.reading == MessageReading::Declines {
            return Response::Said(self.small_talk(chatbot, Intent::Abilities));
        }
        let thresholds = Thresholds { answer: chatbot.threshold(), near: chatbot.near_threshold() };
        let confidence = found.confidence;
        let sure = thresholds.outcome(confidence, found.offered);
        match (sure, found.best) {
            (SearchOutcome::Sure, Match::Pair(pair, citation)) => Response::Said(Said {
                text: pair.answer,
                citations: vec![citation],
                confidence,
                unanswered: false,
            }),
            (SearchOutcome::Sure, Match::Passages(passages)) => match &self.reading {
                MessageReading::More(_) => self.more(passages, confidence),
                _ => Response::Ask { passages, confidence },
            },
            (SearchOutcome::Near, _) => Response::Said(Said {
                text: follow_up::offer_text(&found.offers, self.language),
                citations: Vec::new(),
                confidence,
                unanswered: true,
            }),
            (SearchOutcome::Sure | SearchOutcome::Refused, _) => {
                Response::Said(self.refusal(confidence, topics))
            }
        }
    }

    /// An honest refusal, which says what can be asked.
    pub fn refusal(&self, confidence: f64, topics: &[String]) -> Said {
        let mut text = match self.language {
            Language::English | Language::Other => REFUSAL.to_owned(),
            language => text_of(Phrase::Refusal.name(), language).unwrap_or(REFUSAL).to_owned(),
        };
        if !topics.is_empty() {
            text.push_str("\n\n");
            text.push_str(text_of(Phrase::Topics.name(), self.language).unwrap_or_default());
            topics.iter().for_each(|topic| text.push_str(&format!("\n- {topic}")));
        }
        Said { text, citations: Vec::new(), confidence, unanswered: true }
    }

    fn small_talk(&self, chatbot: &Chatbot, intent: Intent) -> Said {
        let own = chatbot.small_talk(intent.name(), self.language.code());
        let text = own.or_else(|| text_of(intent.name(), self.language)).unwrap_or_default();
        let text = text.replace("{name}", &chatbot.name);
        Said { text, citations: Vec::new(), confidence: 1.0, unanswered: false }
    }

    /// What was not said yet of what was found.
    fn more(&self, passages: Vec<Passage>, confidence: f64) -> Response {
        let said = self.last.as_ref().map_or("", |last| last.said.as_str());
        // Another section tells more of it if it is about most of what was asked.
        let asked = self.last.as_ref().map_or("", |last| last.question.as_str());
        let is_about = |(place, passage): &(usize, Passage)| {
            *place == 0 || follow_up::is_about(asked, &passage.content, self.language)
        };
        let near = passages.into_iter().take(2).enumerate().filter(is_about);
        let rest = near.map(|(_, passage)| passage).find_map(|passage| {
            let rest = follow_up::rest(&passage.content, said, MORE);
            (!rest.is_empty()).then_some((rest, passage.citation))
        });
        Response::Said(match rest {
            Some((text, citation)) => {
                Said { text, citations: vec![citation], confidence, unanswered: false }
            }
            None => Said {
                text: text_of(Phrase::AllSaid.name(), self.language).unwrap_or_default().to_owned(),
                citations: Vec::new(),
                confidence,
                unanswered: false,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::{ChatbotId, Timestamp, WorkspaceId};
    use knowledge::Offer;
    use serde_json::{Map, json};

    use super::*;
    use crate::chat::test_turn::turn;

    pub(super) fn chatbot(settings: serde_json::Value) -> Chatbot {
        let now = Timestamp::now();
        let settings = settings.as_object().cloned().unwrap_or_else(Map::new);
        Chatbot {
            id: ChatbotId::new(),
            workspace_id: WorkspaceId::new(),
            name: "Ada".into(),
            description: String::new(),
            disabled: false,
            settings,
            api_key_prefix: String::new(),
            index_version: 0,
            integrations: Vec::new(),
            integrations_version: 0,
            is_web_off: false,
            created_at: now,
            updated_at: now,
        }
    }

    fn citation() -> Citation {
        Citation { source_id: SourceId::new(), url: None, title: "T".into() }
    }

    pub(super) fn passages(confidence: f64, content: &str) -> Found {
        let passage = Passage {
            citation: citation(),
            content: content.to_owned(),
            quote: content.to_owned(),
            score: 1.0,
        };
        let (best, offered) = (Match::Passages(vec![passage]), confidence);
        Found { best, confidence, offers: vec![offer()], offered, ..Found::nothing() }
    }

    pub(super) fn offer() -> Offer {
        Offer { text: "Opening hours".into(), citation: citation() }
    }

    fn said(response: Response) -> Said {
        match response {
            Response::Said(said) => said,
            Response::Ask { .. } => panic!("{response:?}"),
        }
    }

    #[test]
    fn small_talk_is_answered_in_its_language_and_as_the_team_says() {
        let plain = chatbot(json!({}));
        let of = |chatbot: &Chatbot, message: &str| {
            let message = Message::read(chatbot, message, &[], &[]);
            message.respond(chatbot, Found::nothing(), &[])
        };
        assert!(said(of(&plain, "Hi")).text.starts_with("Hello!"));
        assert!(said(of(&plain, "Wer bist du?")).text.contains("Ich bin Ada"));
        assert!(!said(of(&plain, "Merci !")).unanswered);
        let own = chatbot(json!({"smallTalk": {"greeting": "Ahoy!", "de": {"greeting": "Moin!"}}}));
        assert_eq!(said(of(&own, "hello")).text, "Ahoy!");
        assert_eq!(said(of(&own, "Hallo")).text, "Moin!");
        let off = chatbot(json!({"smallTalk": false}));
        assert!(said(of(&off, "Hi")).unanswered);
    }

    #[test]
    fn what_is_near_is_offered_and_what_is_not_is_refused_in_the_visitors_language() {
        let chatbot = chatbot(json!({}));
        let of = |message: &str, found: Found| {
            let topics = ["Opening hours".to_owned()];
            Message::read(&chatbot, message, &[], &[]).respond(&chatbot, found, &topics)
        };
        assert!(matches!(of("When do you open?", passages(0.6, "x")), Response::Ask { .. }));
        let near = said(of("When do you open?", passages(0.3, "x")));
        assert_eq!(near.text, "I'm not sure I understood. Did you mean:\n1. Opening hours");
        assert!(near.unanswered);
        let refused = said(of("Wie hoch ist der Berg?", passages(0.1, "x")));
        assert!(refused.text.starts_with("Das kann ich"), "{}", refused.text);
        assert!(refused.text.ends_with("- Opening hours") && refused.unanswered);
        assert!(said(of("How high is it?", Found::nothing())).text.starts_with(REFUSAL));
    }

    #[test]
    fn an_offer_is_taken_and_a_follow_up_is_searched_with_what_was_said() {
        let chatbot = chatbot(json!({}));
        let offer = "I'm not sure I understood. Did you mean:\n1. Opening hours\n2. Closing days";
        let message = Message::read(&chatbot, "2", &[turn("hours?", offer)], &[]);
        assert_eq!(message.searches(), ["Closing days"]);
        let past = [turn("When are you open?", "From nine to five.")];
        let message = Message::read(&chatbot, "and on weekends?", &past, &[]);
        let both = "When are you open and on weekends?";
        assert_eq!(message.searches(), ["and on weekends?", both]);
        let chosen =
            message.choose(vec![passages(0.4, "Open"), passages(0.35, "Closed")], Vec::new());
        assert_eq!(chosen.confidence, 0.35);
        let chosen =
            message.choose(vec![passages(0.9, "Open"), passages(0.35, "Closed")], Vec::new());
        assert_eq!(chosen.confidence, 0.9);
        let message = Message::read(&chatbot, "tell me more", &past, &[]);
        let found = passages(0.9, "From nine to five. The shop is closed in August.");
        let more = said(message.respond(&chatbot, found, &[]));
        assert_eq!(more.text, "The shop is closed in August.");
        let mut past = past;
        past[0].citations = vec![citation()];
        let message = Message::read(&chatbot, "tell me more", &past, &[]);
        assert_eq!(message.searches(), ["When are you open?", "From nine to five."]);
        let section = || passages(0.3, "From nine to five. The shop is closed in August.");
        let found = message.choose(vec![passages(0.2, "Open doors"), section()], Vec::new());
        let more = said(message.respond(&chatbot, found, &[]));
        assert_eq!(more.text, "The shop is closed in August.", "of the section that was quoted");
        past[0].answer = "Always.".to_owned();
        let message = Message::read(&chatbot, "tell me more", &past, &[]);
        let found = message.choose(vec![passages(0.9, "Open doors"), section()], Vec::new());
        let more = said(message.respond(&chatbot, found, &[]));
        assert_eq!(more.text, "Open doors", "that answer's section is not known any more");
    }
}
