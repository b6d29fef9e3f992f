//! Follow-ups: a message that says only what is new ("and on weekends?", "why?", "tell me more", "2")
//! is read together with what was said before, by rule.

mod continued;
mod narrowed;
mod unsaid;

pub use continued::{Continuation, continuation, is_reason};
pub use narrowed::{is_about, names_what_is_new, narrowed, new_subject, wants_fact, wants_more};
pub use unsaid::{lacks_fact, unsaid};

use crate::{
    asks::{self, Asks},
    concepts,
    facts::{self, Fact},
    outcome::Offer,
    semantic::static_embedding,
    small_talk::{Cue, Phrase, Table, table, tables, text_of},
    text::{self, Language},
};

/// Words of a message that may leave its subject out.
const MAX_WORDS: usize = 12;
/// Content words that a message which refers back has at most.
const MAX_CONTENT: usize = 3;
/// Content words that a message which begins with "and" has at most.
const MAX_JOINED: usize = 6;
/// The cosine of words of one kind, at least.
const OF_ITS_KIND: f32 = 0.3;
/// Offers that a message may name.
const MAX_OFFERS: usize = 3;

/// A turn that was before, as far as it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// What the visitor asked.
    pub question: String,
    /// What it was answered.
    pub answer: String,
    /// What the answer offered, in order.
    pub offers: Vec<String>,
}

impl Past {
    /// A turn as it is stored. What it offered is read from the answer that [`offer_text`] wrote.
    pub fn new(question: &str, answer: &str) -> Self {
        let (first, rest) = answer.split_once('\n').unwrap_or((answer, ""));
        let is_offer = tables().iter().any(|table| {
            text_of(Phrase::Offer.name(), table.language).is_some_and(|text| text == first)
        });
        let lines = rest.lines().filter_map(|line| Some(line.split_once(". ")?.1.to_owned()));
        let offers = if is_offer { lines.take(MAX_OFFERS).collect() } else { Vec::new() };
        Self { question: question.to_owned(), answer: answer.to_owned(), offers }
    }
}

/// What a visitor is asked who may have meant one of `offers`, in their language.
pub fn offer_text(offers: &[Offer], language: Language) -> String {
    let mut text = text_of(Phrase::Offer.name(), language).unwrap_or_default().to_owned();
    for (number, offer) in (1..=MAX_OFFERS).zip(offers) {
        text.push_str(&format!("\n{number}. {}", offer.text));
    }
    text
}

/// What of `content` was not said in `said`, up to that many characters of whole lines and sentences.
pub fn rest(content: &str, said: &str, max: usize) -> String {
    let said = text::normalized(said);
    let mut rest = String::new();
    for line in content.lines() {
        let mut part = String::new();
        for sentence in text::sentences(line) {
            let words = text::normalized(sentence);
            let room = rest.chars().count() + part.chars().count() + sentence.chars().count() < max;
            if !words.is_empty() && !said.contains(&words) && room {
                part.push_str(if part.is_empty() { "" } else { " " });
                part.push_str(sentence);
            }
        }
        if !part.is_empty() {
            rest.push_str(if rest.is_empty() { "" } else { "\n" });
            rest.push_str(&part);
        }
    }
    rest
}

/// How a message is read after what was said before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageReading {
    /// As it is.
    Alone,
    /// It takes this offer.
    Takes(String),
    /// It takes none of the offers.
    Declines,
    /// It asks for more on what was asked with these words.
    More(String),
    /// It leaves out what these words say, which are to be searched with it. Whether it clearly does,
    /// or only may.
    With(String, bool),
}

/// Reads `message`, which is in `language`, after `past`, the newest turn last; two are looked at.
pub fn read(message: &str, past: &[Past], language: Language) -> MessageReading {
    let Some(last) = past.last() else { return MessageReading::Alone };
    let words: Vec<String> = text::words(message).collect();
    if words.is_empty() || words.len() > MAX_WORDS {
        return MessageReading::Alone;
    }
    let Some(own) = table(language) else { return MessageReading::Alone };
    if let Some(taken) = offered(&words, &last.offers) {
        return taken;
    }
    let subject = subject(past, language);
    if is(own, Cue::More, &words) || asks_for_detail(own, &words, language) {
        // Who is offered one thing and wants to know more means that one.
        return match last.offers.as_slice() {
            [only] => MessageReading::Takes(only.clone()),
            _ => MessageReading::More(subject),
        };
    }
    match leaves_out(own, &words, language) {
        Some(clearly) => MessageReading::With(subject, clearly),
        None => MessageReading::Alone,
    }
}

/// What was asked before and what is new, as one question: a word of the former gives way to one of
/// `message` in the same place, behind the same preposition or article or in front of the same word; and
/// one that wants another fact than `message` does.
pub fn joined(before: &str, message: &str, language: Language) -> String {
    let is_function = |word: &str| text::is_function_word(word, language);
    let new: Vec<String> = text::words(message).collect();
    let old: Vec<(&str, String)> =
        text::spans(before).map(|(_, written)| (written, text::folded(written))).collect();
    let gives_way = |at: usize| {
        let word = &old[at].1;
        if is_function(word) || new.contains(word) {
            return false;
        }
        let behind = at.checked_sub(1).map(|at| old[at].1.as_str()).filter(|w| is_function(w));
        let in_front = old.get(at + 1).map(|(_, word)| word.as_str()).filter(|w| !is_function(w));
        new.windows(2).any(|two| {
            let content = |at: usize| !is_function(&two[at]);
            (behind == Some(two[0].as_str()) && content(1))
                || (in_front == Some(two[1].as_str()) && content(0))
        })
    };
    let replaced = replaced(&old, &new, message, language);
    let is_open = |fact: &Fact| matches!(fact, Fact::Time | Fact::Number | Fact::Reason);
    let wants = facts::wanted(&new).filter(|fact| !is_open(fact));
    let wanted_before = |at: usize| {
        let named = concepts::of(&old[at].1);
        let is_fact = named.is_some() && Fact::ALL.iter().any(|fact| fact.concept() == named);
        is_fact && wants.is_some_and(|fact| fact.concept() != named)
    };
    let gives_way = |at: usize| gives_way(at) || replaced == Some(at) || wanted_before(at);
    let kept = (0..old.len()).filter(|at| !gives_way(*at)).map(|at| old[at].0);
    let mut joined = kept.collect::<Vec<_>>().join(" ");
    joined.push(' ');
    joined.push_str(without_lead(message, language));
    joined
}

/// `message` without "what about" where it only names another thing: no text is nearer to it for the words
/// "about boots".
pub fn without_lead(message: &str, language: Language) -> &str {
    const MIN_LEAD: usize = 2;
    const MAX_NAMED: usize = 3;
    let spans: Vec<(usize, &str)> = text::spans(message).collect();
    let words: Vec<String> = spans.iter().map(|(_, word)| text::folded(word)).collect();
    let lead = table(language).map_or(0, |own| own.begins(Cue::And, &words));
    let named = words.get(lead..).unwrap_or_default();
    let names = named.iter().any(|word| !text::is_function_word(word, language));
    let asks = asks::asks(named).is_some() || asks::is_asked(&named.join(" "));
    let is_lead = lead >= MIN_LEAD && names && named.len() <= MAX_NAMED && !asks;
    match spans.get(lead).filter(|_| is_lead) {
        Some((begin, _)) => message.get(*begin..).unwrap_or(message),
        None => message,
    }
}

/// Which word of the former question "what about …?" puts another in the place of: the one of its
/// kind, as far as embeddings or capitals tell.
fn replaced(
    old: &[(&str, String)],
    new: &[String],
    message: &str,
    language: Language,
) -> Option<usize> {
    let own = table(language)?;
    if own.begins(Cue::And, new) == 0 {
        return None;
    }
    let is_function = |word: &str| text::is_function_word(word, language);
    let named: Vec<&String> = new.iter().filter(|word| !is_function(word)).collect();
    let last = named.last().filter(|_| named.len() <= 2)?;
    let vector = |word: &str| static_embedding::of_words(std::iter::once(word), &[language]);
    let has_capital = |word: &str| word.starts_with(char::is_uppercase);
    let is_name = language != Language::German
        && text::spans(message)
            .skip(1)
            .any(|(_, word)| text::folded(word) == **last && has_capital(word));
    let alike = |at: usize| -> f32 {
        let (written, word) = &old[at];
        let names = is_name && at > 0 && has_capital(written);
        let near = vector(last).zip(vector(word)).map_or(0.0, |(a, b)| a.cosine(&b));
        near + f32::from(u8::from(names))
    };
    let content =
        (0..old.len()).filter(|at| !is_function(&old[*at].1) && !new.contains(&old[*at].1));
    let best = content.map(|at| (alike(at), at)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(alike, _)| *alike >= OF_ITS_KIND).map(|(_, at)| at)
}

/// Whether all of `words` is `cue`, in the visitor's language or any other.
fn is(own: &Table, cue: Cue, words: &[String]) -> bool {
    own.is(cue, words) || tables().iter().any(|table| table.is(cue, words))
}

/// Whether `words` want details and name nothing that these are of: "could you give me a bit more info?"
fn asks_for_detail(own: &Table, words: &[String], language: Language) -> bool {
    let is_cue = |cue: Cue, word: &String| own.is(cue, std::slice::from_ref(word));
    let says_nothing = |word: &String| {
        text::is_function_word(word, language)
            || is_cue(Cue::Detail, word)
            || is_cue(Cue::Telling, word)
    };
    words.iter().any(|word| is_cue(Cue::Detail, word))
        && words.iter().all(says_nothing)
        && asks::asks(words).is_none()
        && !asks::denies(words)
        && !words.iter().any(|word| matches!(word.as_str(), "what" | "was" | "which" | "que"))
}

/// Which offer `words` take: by its number, by "yes" to the only or the first one, or by a word that
/// only one of them has.
fn offered(words: &[String], offers: &[String]) -> Option<MessageReading> {
    let first = offers.first()?;
    let any = |cue: Cue| tables().iter().any(|table| table.is(cue, words));
    for (at, cue) in [Cue::First, Cue::Second, Cue::Third].into_iter().enumerate() {
        if any(cue) {
            return offers.get(at).cloned().map(MessageReading::Takes);
        }
    }
    if any(Cue::Yes) {
        return Some(MessageReading::Takes(first.clone()));
    }
    if any(Cue::No) {
        return Some(MessageReading::Declines);
    }
    if words.len() > 4 {
        return None;
    }
    let content: Vec<&String> =
        words.iter().filter(|w| !text::is_function_word_anywhere(w)).collect();
    let has = |offer: &&String| {
        let theirs: Vec<String> = text::words(offer).collect();
        !content.is_empty()
            && content
                .iter()
                .all(|word| theirs.iter().any(|other| other.starts_with(word.as_str())))
    };
    let mut having = offers.iter().take(MAX_OFFERS).filter(has);
    let one = having.next()?.clone();
    having.next().is_none().then_some(MessageReading::Takes(one))
}

/// What was asked about: the last question; with the one before it if it left something out itself.
fn subject(past: &[Past], language: Language) -> String {
    let mut newest = past.iter().rev().take(2);
    let last = newest.next().map(|past| past.question.clone()).unwrap_or_default();
    let words: Vec<String> = text::words(&last).collect();
    let own = table(text::detect_among(&last, &[language]));
    let is_short = own.is_some_and(|own| {
        is(own, Cue::More, &words)
            || asks_for_detail(own, &words, own.language)
            || leaves_out(own, &words, own.language).is_some_and(|clearly| clearly)
    });
    match newest.next().filter(|_| is_short) {
        Some(before) => format!("{} {last}", before.question),
        None => last,
    }
}

/// Those of `words` that ask for a measure and name nothing: "long" in "how long".
fn measures(words: &[String]) -> impl Iterator<Item = &String> {
    let asks = |two: &&[String]| asks::asks(two) == Some(Asks::Measure);
    words.windows(2).filter(asks).map(|two| &two[1])
}

/// Whether one of `words` refers to what was asked before.
fn refers(own: &Table, words: &[String]) -> bool {
    words.iter().any(|word| own.is(Cue::It, std::slice::from_ref(word)))
}

/// Whether `words` leave their subject out: clearly, maybe, or not.
fn leaves_out(own: &Table, words: &[String], language: Language) -> Option<bool> {
    let is_function = |word: &&String| text::is_function_word(word, language);
    let unspaced = words.iter().any(|word| text::is_unspaced(word));
    let content = words.iter().filter(|word| !is_function(word)).count();
    let content = content.saturating_sub(measures(words).filter(|word| !is_function(word)).count());
    let content = if unspaced { content.div_ceil(2) } else { content };
    let joins = own.begins(Cue::And, words) > 0;
    if joins && content <= MAX_JOINED {
        return Some(content <= MAX_CONTENT + 1);
    }
    // "Why?", "How much?", "Since when?"
    if content == 0 {
        return Some(true);
    }
    if refers(own, words) && content <= MAX_CONTENT {
        return Some(content <= 1);
    }
    // "On Sundays?", "For students?"
    let short = words.len() <= 3 && content <= 2;
    short.then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(message: &str, past: &[Past]) -> MessageReading {
        let likely = past.last().map(|past| text::detect(&past.question));
        super::read(message, past, text::detect_among(message, likely.as_slice()))
    }

    fn past(question: &str, offers: &[&str]) -> Past {
        let offers = offers.iter().map(|offer| (*offer).to_owned()).collect();
        Past { question: question.to_owned(), answer: String::new(), offers }
    }

    #[test]
    fn what_leaves_its_subject_out_is_read_with_it() {
        let before = [past("When are you open on weekdays?", &[])];
        for message in ["and on weekends?", "why?", "what about holidays?", "how much?"] {
            let with = MessageReading::With("When are you open on weekdays?".to_owned(), true);
            assert_eq!(read(message, &before), with, "{message}");
        }
        let german = [past("Was kostet der kleine Tarif?", &[])];
        let with = MessageReading::With("Was kostet der kleine Tarif?".to_owned(), true);
        assert_eq!(read("und der große?", &german), with);
        assert!(matches!(read("on Sundays?", &before), MessageReading::With(_, false)));
        assert!(matches!(read("Is it free?", &before), MessageReading::With(_, true)));
        for alone in
            ["How do I reset the password of my account?", "Do you sell gift cards to companies?"]
        {
            assert_eq!(read(alone, &before), MessageReading::Alone, "{alone}");
        }
        assert_eq!(read("and on weekends?", &[]), MessageReading::Alone);
    }

    #[test]
    fn what_is_new_takes_the_place_of_what_was_said() {
        for (before, message, both) in [
            (
                "When are kayaks rented on weekdays?",
                "and on weekends?",
                "When are kayaks rented on and on weekends?",
            ),
            (
                "What does the basic plan cost?",
                "and the pro plan?",
                "What does the plan cost and the pro plan?",
            ),
            ("When are you open?", "why?", "When are you open why?"),
            (
                "What does a basic tune-up cost?",
                "and how long does that take?",
                "What does a basic tune up and how long does that take?",
            ),
            (
                "How do I connect a Telegram bot?",
                "what about WhatsApp?",
                "How do I connect a bot WhatsApp?",
            ),
        ] {
            assert_eq!(joined(before, message, Language::English), both);
        }
    }

    #[test]
    fn another_thing_is_named_without_what_leads_to_it() {
        for (message, named) in [
            ("what about saddles?", "saddles?"),
            ("and how about the big one?", "the big one?"),
            ("and saddles?", "and saddles?"),
            ("what about how long it takes?", "what about how long it takes?"),
            ("what about it?", "what about it?"),
        ] {
            assert_eq!(without_lead(message, Language::English), named);
        }
        assert_eq!(without_lead("was ist mit Sätteln?", Language::German), "Sätteln?");
    }

    #[test]
    fn more_is_asked_for_and_two_turns_are_looked_at() {
        let before = [past("What does the pro plan cost?", &[]), past("and per year?", &[])];
        let both = "What does the pro plan cost? and per year?";
        assert_eq!(read("tell me more", &before), MessageReading::More(both.to_owned()));
        assert_eq!(read("Расскажите подробнее", &before), MessageReading::More(both.to_owned()));
        for message in
            ["could you give me a bit more info please", "any details?", "further details"]
        {
            assert_eq!(read(message, &before), MessageReading::More(both.to_owned()), "{message}");
        }
        for (before, message) in [
            ("Was kostet das Abo?", "erzähl mal mehr"),
            ("Combien coûte la carte ?", "plus d'infos ?"),
            ("Quanto costa il corso?", "mi dà qualche dettaglio in più?"),
            ("¿Cuánto cuesta el curso?", "¿me puedes dar más detalles?"),
        ] {
            let past = [past(before, &[])];
            assert_eq!(read(message, &past), MessageReading::More(before.to_owned()), "{message}");
        }
        let german = [past("Was kostet der Tarif Klein?", &[])];
        assert!(!matches!(read("und bei Plus?", &german), MessageReading::More(_)), "a name");
        assert!(!matches!(read("Gibt es keine mehr?", &german), MessageReading::More(_)));
        for message in [
            "What information do you need from me?",
            "where can I get more information?",
            "more for children",
            "is it further away?",
            "is there any information desk",
        ] {
            assert!(!matches!(read(message, &before), MessageReading::More(_)), "{message}");
        }
        let offered = [past("tastings?", &["Tastings"])];
        assert_eq!(read("any details?", &offered), MessageReading::Takes("Tastings".to_owned()));
    }

    #[test]
    fn offers_are_read_back_and_the_rest_is_what_was_not_said() {
        let source_id = domain::SourceId::new();
        let offer = |text: &str| Offer {
            text: text.to_owned(),
            citation: domain::Citation { source_id, url: None, title: String::new() },
        };
        for language in [Language::English, Language::German, Language::Chinese] {
            let text = offer_text(&[offer("Where is it?"), offer("What is v. 2?")], language);
            assert_eq!(Past::new("?", &text).offers, ["Where is it?", "What is v. 2?"]);
        }
        assert!(Past::new("?", "Steps:\n1. Open it.").offers.is_empty());
        let content = "One is here. Two is there.\nThree is gone.";
        assert_eq!(rest(content, "Two is there.", 600), "One is here.\nThree is gone.");
        assert_eq!(rest(content, content, 600), "");
    }

    #[test]
    fn an_offer_is_taken_by_number_by_word_or_by_yes() {
        let offers = ["How do I return an item?", "How do I exchange an item?"];
        let before = [past("swap", &offers)];
        let takes = |at: usize| MessageReading::Takes(offers[at].to_owned());
        for (message, at) in [
            ("1", 0),
            ("the second one", 1),
            ("yes", 0),
            ("exchange", 1),
            ("2.", 1),
            ("zweite", 1),
            ("да", 0),
        ] {
            assert_eq!(read(message, &before), takes(at), "{message}");
        }
        assert_eq!(read("no", &before), MessageReading::Declines);
        assert_ne!(read("item", &before), takes(0), "both have it");
        assert_eq!(read("How do I pay an invoice by card?", &before), MessageReading::Alone);
    }
}
