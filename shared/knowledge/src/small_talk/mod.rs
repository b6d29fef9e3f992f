//! What a visitor says that is no question to what was read: greetings, thanks, whether it is a bot,
//! a wish for a person. A table for each language is in `shared/knowledge/small_talk`, and so is what
//! says which words of a follow-up refer back.
//!
//! A message is small talk if all of it is: a greeting in front of a question, or thanks behind it,
//! are taken off and the question is searched.

mod pattern;
mod table;

use crate::text::{self, Language};
pub(crate) use table::{Cue, table};
pub use table::{Intent, LANGUAGES, Phrase, text_of};
pub(crate) use table::{Table, tables};

/// Words of the longest message that may be small talk.
const MAX_WORDS: usize = 24;
/// Pieces that one message is cut into.
const MAX_PIECES: usize = 5;

/// A message, looked at for small talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Talk<'m> {
    /// All of it is small talk, in this language.
    Small(Intent, Language),
    /// There is something to search for: the message without a greeting in front or thanks behind.
    Question(&'m str),
}

/// Looks at `message`.
pub fn talk(message: &str) -> Talk<'_> {
    let spans: Vec<(usize, &str)> = text::spans(message).take(MAX_WORDS + 1).collect();
    let words: Vec<String> = spans.iter().map(|(_, word)| squeezed(&text::folded(word))).collect();
    if words.is_empty() {
        return Talk::Question(message);
    }
    let detected = text::detect(message);
    // The visitor's own language first; a short message may be in any, likeliest in one that has its
    // words as they are written.
    let (own, mut others): (Vec<&Table>, Vec<&Table>) =
        tables().iter().partition(|table| table.language == detected);
    others.sort_by_key(|table| std::cmp::Reverse(table.written(&words)));
    let mut question: Option<(usize, usize)> = None;
    for table in own.into_iter().chain(others) {
        if words.len() <= MAX_WORDS
            && let Some(intent) = whole(table, &words)
        {
            return Talk::Small(intent, table.language);
        }
        let front = match table.greets(&words) {
            // Of a script without spaces one character is half a word: 早 of 早餐.
            1 if text::is_unspaced(&words[0]) && is_glued(&spans) => 0,
            front => front,
        };
        let back = table.thanks_behind(&words, front);
        let longer =
            |(from, to): (usize, usize)| front + (words.len() - back) > from + (words.len() - to);
        if front < back && (front > 0 || back < words.len()) && question.is_none_or(longer) {
            question = Some((front, back));
        }
    }
    let Some((front, back)) = question else { return Talk::Question(message) };
    let begin = spans.get(front).map_or(0, |(at, _)| *at);
    // A longer message than was looked at ends where it ends.
    let end = spans.get(back).filter(|_| back < words.len()).map_or(message.len(), |(at, _)| *at);
    Talk::Question(message.get(begin..end).unwrap_or(message).trim())
}

/// Whether nothing is between the first word and the second.
fn is_glued(spans: &[(usize, &str)]) -> bool {
    matches!(spans, [(at, first), (next, _), ..] if at + first.len() == *next)
}

/// The intent of a message that is small talk to its end: of several the one that says most. A phrase is
/// that phrase, and not what its words say one by one: "good morning" praises nothing.
fn whole(table: &Table, words: &[String]) -> Option<Intent> {
    // For each place: the intents said up to it, if all before it is small talk.
    let mut reached: Vec<Option<(Option<Intent>, usize)>> = vec![None; words.len() + 1];
    reached[0] = Some((None, 0));
    for at in 0..words.len() {
        let Some((said, pieces)) = reached[at] else { continue };
        if pieces == MAX_PIECES {
            continue;
        }
        for (intent, length) in table.at(&words[at..]) {
            let end = at + length;
            let said = match (said, intent) {
                (Some(before), Some(now)) => Some(before.min(now)),
                (before, now) => before.or(now),
            };
            let pieces = pieces + usize::from(intent.is_some());
            let found = (said, pieces);
            let better = |old: (Option<Intent>, usize)| match (old.0, said) {
                (None, Some(_)) => true,
                (Some(before), Some(now)) => (pieces, now) < (old.1, before),
                _ => false,
            };
            if reached[end].is_none_or(better) {
                reached[end] = Some(found);
            }
        }
    }
    reached[words.len()].and_then(|(said, _)| said)
}

/// A word whose letters a writer held down: "hellooo" is "hello".
fn squeezed(word: &str) -> String {
    let mut squeezed = String::with_capacity(word.len());
    let (mut last, mut run) = (None, 0);
    for c in word.chars() {
        run = if last == Some(c) { run + 1 } else { 1 };
        last = Some(c);
        if run < 3 || c.is_numeric() {
            squeezed.push(c);
        } else if run == 3 {
            // Three and more are one.
            squeezed.pop();
        }
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(message: &str) -> Option<(Intent, &'static str)> {
        match talk(message) {
            Talk::Small(intent, language) => Some((intent, language.code())),
            Talk::Question(_) => None,
        }
    }

    #[test]
    fn small_talk_is_known_in_twelve_languages() {
        for (message, intent, language) in [
            ("Hi", Intent::Greeting, "en"),
            ("hellooo!!", Intent::Greeting, "en"),
            ("Good morning", Intent::Greeting, "en"),
            ("good evening!", Intent::Greeting, "en"),
            ("Good morning, how are you?", Intent::HowAreYou, "en"),
            ("thank you so much, bye!", Intent::Goodbye, "en"),
            ("Are you a real person or a bot?", Intent::Bot, "en"),
            ("am I talking to a human", Intent::Bot, "en"),
            ("I'd like to speak to a human please", Intent::Agent, "en"),
            ("What can you do for me?", Intent::Abilities, "en"),
            ("you are useless", Intent::Insult, "en"),
            ("Great, thanks!", Intent::Thanks, "en"),
            ("Guten Tag!", Intent::Greeting, "de"),
            ("Hallo", Intent::Greeting, "de"),
            ("Bist du ein Mensch oder ein Bot?", Intent::Bot, "de"),
            ("Ich möchte mit einem Mitarbeiter sprechen", Intent::Agent, "de"),
            ("Merci beaucoup", Intent::Thanks, "fr"),
            ("Êtes-vous un robot ?", Intent::Bot, "fr"),
            ("¿Quién eres?", Intent::Who, "es"),
            ("Quiero hablar con una persona", Intent::Agent, "es"),
            ("Grazie mille!", Intent::Thanks, "it"),
            ("Boa tarde", Intent::Greeting, "pt"),
            ("Wat kun je?", Intent::Abilities, "nl"),
            ("Привет! Ты бот?", Intent::Bot, "ru"),
            ("Teşekkür ederim", Intent::Thanks, "tr"),
            ("مرحبا", Intent::Greeting, "ar"),
            ("هل أنت روبوت؟", Intent::Bot, "ar"),
            ("नमस्ते", Intent::Greeting, "hi"),
            ("क्या आप एक बॉट हैं?", Intent::Bot, "hi"),
            ("你好！", Intent::Greeting, "zh"),
            ("你是机器人吗？", Intent::Bot, "zh"),
            ("谢谢你", Intent::Thanks, "zh"),
        ] {
            assert_eq!(small(message), Some((intent, language)), "{message}");
        }
    }

    #[test]
    fn a_question_is_none_and_loses_its_greeting_and_thanks() {
        for (message, question) in [
            ("Hi, how do I reset my password?", "how do I reset my password?"),
            ("Hello there! Where is my parcel? Thanks!", "Where is my parcel?"),
            ("Hallo, wann haben Sie geöffnet?", "wann haben Sie geöffnet?"),
            ("你好，怎么退货？", "怎么退货？"),
            ("早餐几点开始？", "早餐几点开始？"),
            ("早，几点开门？", "几点开门？"),
            ("How long is the warranty?", "How long is the warranty?"),
            ("Can I pay by card?", "Can I pay by card?"),
            ("thanksgiving opening hours", "thanksgiving opening hours"),
            ("Do you have a great bag?", "Do you have a great bag?"),
            ("What is the help desk number?", "What is the help desk number?"),
        ] {
            assert_eq!(talk(message), Talk::Question(question), "{message}");
        }
    }
}
