//! Lines of an article that say nothing of what it is about: who helped to write it and when that
//! was, what readers may follow or subscribe to, how many pictures there are.

use super::{boilerplate_phrases::plain, bylines};

/// What is longer, in characters, says more.
pub(super) const LONGEST: u32 = 400;

/// How a line begins that names those who helped, in lower case.
const CREDITS: &[&str] = &[
    "reporting by ",
    "additional reporting by ",
    "reporting and editing by ",
    "writing by ",
    "editing by ",
];
/// What a line has that names those who helped, in lower case.
const HELPERS: &[&str] = &[
    "contributed to this report",
    "contributed to this story",
    "contributed to this article",
    "contributed reporting",
];
const NETWORKS: &[&str] = &[
    "facebook",
    "google+",
    "instagram",
    "linkedin",
    "mastodon",
    "pinterest",
    "reddit",
    "telegram",
    "tiktok",
    "tumblr",
    "twitter",
    "vk",
    "whatsapp",
    "xing",
    "youtube",
    "вконтакте",
];
/// What asks to follow who wrote it, in lower case.
const FOLLOW_AUTHOR: &[&str] = &[
    "follow him on ",
    "follow her on ",
    "follow them on ",
    "follow me on ",
    "follow him @",
    "follow her @",
    "follow me @",
];
/// How a line begins that asks to follow who published it, in lower case.
const FOLLOW: &[&str] = &[
    "folgen sie uns auf ",
    "suivez-nous sur ",
    "síguenos en ",
    "siga-nos ",
    "seguici su ",
    "volg ons op ",
];
/// How a line begins that asks to subscribe to a letter, in lower case.
const SUBSCRIBE: &[&str] = &[
    "sign up",
    "subscribe",
    "get the latest",
    "abonnieren",
    "melden sie sich",
    "abonnez-vous",
    "inscrivez-vous",
    "suscríbete",
    "suscríbase",
    "assine",
    "inscreva-se",
    "iscriviti",
    "schrijf je in",
];
/// How a line begins that asks those who liked an article for something, in lower case.
const LIKED: &[&str] =
    &["like this story?", "like this article?", "enjoyed this article?", "if you enjoyed this "];
/// How a line begins that says what may be done with a copy, in lower case.
const RIGHTS: &[&str] =
    &["this document is subject to copyright", "this copy is for your personal"];
/// How a line begins that says how long it takes to read the article, in lower case.
const READING: &[&str] = &[
    "reading time",
    "estimated reading time",
    "lesezeit",
    "lesedauer",
    "temps de lecture",
    "tiempo de lectura",
    "tempo de leitura",
    "tempo di lettura",
    "leestijd",
];

/// What asks readers of a help centre whether they need more of it, in lower case.
const MORE_HELP: &[&str] = &[
    "still need help",
    "need more help",
    "still have questions",
    "still have a question",
    "have more questions",
    "can't find what you're looking for",
    "brauchen sie weitere hilfe",
    "haben sie noch fragen",
    "noch fragen",
    "besoin d'aide supplémentaire",
    "encore des questions",
    "vous avez d'autres questions",
    "¿necesitas más ayuda",
    "¿aún necesitas ayuda",
    "hai ancora bisogno di aiuto",
    "heb je nog vragen",
];
/// What they are to do then, in lower case.
const ASKING: &[&str] = &[
    "contact us",
    "contact support",
    "contact our",
    "chat with us",
    "get in touch",
    "submit a request",
    "submit a ticket",
    "talk to us",
    "kontaktieren sie uns",
    "schreiben sie uns",
    "contactez-nous",
    "contactez nous",
    "contáctanos",
    "contacta con nosotros",
    "contattaci",
    "neem contact op",
];

/// Whether a line only asks readers whether they need more help, and has something to press for it.
pub(super) fn offers_help(line: &str) -> bool {
    const LONGEST: usize = 6;
    let line = plain(line);
    let Some((asks, rest)) = line.split_once('?') else { return false };
    let rest = rest.trim();
    MORE_HELP.contains(&asks.trim())
        && ASKING.iter().any(|start| rest.starts_with(start))
        && rest.split_whitespace().count() <= LONGEST
        && !rest.contains(|c: char| c.is_ascii_digit() || c == '@')
}

/// Whether a line is about the article and not part of it.
pub(super) fn is_closing(line: &str) -> bool {
    let line = plain(line);
    let chars = line.chars().count();
    let starts = |with: &[&str]| with.iter().any(|start| line.starts_with(start));
    let has = |any: &[&str]| any.iter().any(|phrase| line.contains(phrase));
    starts(CREDITS)
        || has(HELPERS)
        || has(FOLLOW_AUTHOR)
        || starts(FOLLOW)
        || (line.starts_with("follow ") && (has(NETWORKS) || has(&["@", "http"])))
        || (starts(SUBSCRIBE) && has(&["newsletter", "inbox"]))
        || starts(LIKED)
        || starts(RIGHTS)
        || (chars <= 40 && (starts(READING) || is_counter(&line)))
        || is_dated(&line)
        || names_networks(&line)
}

/// Whether it names networks to share something in, and nothing else.
pub(super) fn names_networks(line: &str) -> bool {
    let line = plain(line);
    let mut words = line.split(|c: char| c.is_whitespace() || "|,/·•".contains(c));
    let words: Vec<&str> = words.by_ref().filter(|word| !word.is_empty()).take(12).collect();
    (2..12).contains(&words.len()) && words.iter().all(|word| NETWORKS.contains(word))
}

/// Whether it counts pictures: "Image 2 of 5".
fn is_counter(line: &str) -> bool {
    const NAMES: &[&str] = &["image", "photo", "picture", "slide"];
    let words: Vec<&str> = line.split_whitespace().collect();
    let counted = match words.as_slice() {
        [name, rest @ ..] if NAMES.contains(name) => rest,
        all => all,
    };
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    matches!(counted, [one, "of" | "/", all] if is_number(one) && is_number(all))
}

/// Whether all of its parts say where, by whom and when the article was published.
fn is_dated(line: &str) -> bool {
    const LONGEST_PART: usize = 5;
    let parts: Vec<&str> = line.split(" | ").take(5).collect();
    let says_when = |part: &&str| bylines::is_byline(part);
    let short = |part: &&str| part.split_whitespace().count() <= LONGEST_PART;
    parts.iter().any(says_when) && parts.iter().all(|part| says_when(part) || short(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_an_article_is_told_from_what_it_says() {
        for line in [
            "Reporting by Jo Lind; editing by Ada Berg",
            "Ada Berg contributed to this report.",
            "Follow our rowing desk on Twitter and Facebook.",
            "Jo Lind keeps bees. Follow her on Instagram @jo.",
            "Sign up for our weekly newsletter, which is free.",
            "Like this story? Tell your friends!",
            "This document is subject to copyright. Ask before you print it.",
            "Reading time: 4 minutes",
            "Tempo de leitura: 1 minuto",
            "Photo 2 of 12",
            "3 of 9",
            "Lindau, The Shore Gazette | Updated : 4 May 2026, 09:01 AM",
            "PUBLISHED: 10:48, Tue, May 5, 2026 | UPDATED: 11:05, Tue, May 5, 2026",
            "First published: Tuesday, May 5, 2026 08:38 AM",
            "Updated at 1:23 p.m.",
            "Facebook Twitter Google+ WhatsApp",
        ] {
            assert!(is_closing(line), "{line}");
        }
        for line in [
            "The reporting by the two of them won a prize.",
            "Follow the shore path for a mile, then turn left.",
            "Members sign up at the desk by Friday.",
            "Our newsletter of 1912 had six pages.",
            "The pier opens in June. Sign up for our newsletter to hear of it.",
            "The pier opens in June. Follow us on Instagram to hear of it.",
            "Twitter seemed confused by the campaign.",
            "Reading times have fallen since children have telephones of their own.",
            "3 of 9 boats sank",
            "Doors open | Updated prices apply from May",
            "North | South",
        ] {
            assert!(!is_closing(line), "{line}");
        }
    }
}
