//! What each page of a site has at its head or foot and what is said nowhere else: where the place
//! is, when it is open, how to reach it.

use url::Url;

use crate::facts::{self, Fact};

use super::{
    attributes::Hints,
    blocks::Walk,
    boilerplate::each,
    disclosure::Disclosure,
    main_text::MainText,
    outline::Block,
    page::{Node, PageTree},
    tag::Tag,
    text_density::{Mass, runs},
};

/// Facts kept of one page at most.
const MAX_FACTS: usize = 20;
/// And of what is beside its text, where news and events are too.
const MAX_BESIDE: usize = 6;
/// A line with a street or with times that is longer, in characters, tells of something else.
const LONGEST_LINE: usize = 200;
/// What is longer, in characters, is a text.
const LONGEST_FACT: usize = 600;

/// The facts at the head and the foot of a page, and beside its text.
pub(super) fn facts(page: &PageTree, main: &MainText, url: &Url) -> Vec<Block> {
    let (mut pieces, mut beside): (Vec<usize>, Vec<usize>) = Default::default();
    let mut place = 0;
    while place < page.nodes.len() {
        let node = &page.nodes[place];
        let inside = page.ancestors(place).any(|at| at == main.root && at != 0)
            && !matches!(page.nodes[main.root].tag, Tag::Body | Tag::Html);
        if inside || (main.gone[place] && is_edge(page, place)) {
            pieces.extend(Some(place).filter(|_| !inside));
            place = node.end;
        } else if is_edge(page, place)
            && place > main.root
            && !page.within(main.root).contains(&place)
        {
            pieces.push(place);
            place = node.end;
        } else if is_beside(page, place) && !page.within(main.root).contains(&place) {
            beside.push(place);
            place = node.end;
        } else {
            place += 1;
        }
    }
    let disclosure = Disclosure::of(page);
    let mut gone = vec![false; page.nodes.len()];
    let mass = Mass::of(page, &runs(page, &gone));
    each(page, &mut gone, 0, |place| {
        let node = &page.nodes[place];
        let (chars, linked) = (mass.chars(page.within(place)), mass.linked(page.within(place)));
        let of_links = linked * 10 > chars * 7 && chars > 0;
        let chrome = Hints::SIGN_UP.union(Hints::SHARE).union(Hints::NOTICE);
        match node.tag {
            Tag::Nav | Tag::Form | Tag::Button | Tag::Head => true,
            Tag::Footer | Tag::Header | Tag::Body | Tag::Html => false,
            Tag::A | Tag::P | Tag::Li => false,
            tag if tag.is_list() => of_links,
            _ => disclosure.is_hidden(place) || node.hints.any(chrome) || of_links,
        }
    });
    let edge = MainText { root: 0, leads: Vec::new(), opened: Vec::new(), gone, is_article: false };
    let read = |pieces: Vec<usize>, most: usize| {
        let mut walk = Walk::new(page, &edge, &disclosure, url);
        for piece in pieces {
            let scope = walk.outline.begin();
            walk.node(piece);
            walk.flush();
            walk.outline.end(scope);
        }
        let mut facts = walk.outline.finish();
        facts.retain(|block| block.text.chars().count() <= LONGEST_FACT && is_fact(&block.text));
        facts.truncate(most);
        facts
    };
    let mut facts = read(pieces, MAX_FACTS);
    let beside = read(beside, MAX_BESIDE);
    facts.extend(beside);
    facts
}

/// Whether it is the head or the foot of the page as a whole.
fn is_edge(page: &PageTree, place: usize) -> bool {
    let node = &page.nodes[place];
    matches!(node.tag, Tag::Footer | Tag::Header)
        || matches!(node.attribute("role"), Some("contentinfo" | "banner"))
        || is_called_foot(page, place)
}

/// Whether it is beside the text of the page, or the bar above its head.
fn is_beside(page: &PageTree, place: usize) -> bool {
    const BARS: &[&str] = &[
        "topbar",
        "top-bar",
        "top_bar",
        "header-top",
        "top-header",
        "contact-bar",
        "header-contact",
    ];
    let node = &page.nodes[place];
    node.tag == Tag::Aside
        || node.attribute("role") == Some("complementary")
        || is_called(node, BARS)
}

/// Whether an element without a meaning of its own is called the foot of the page.
pub(super) fn is_called_foot(page: &PageTree, place: usize) -> bool {
    const NAMES: &[&str] = &[
        "footer",
        "site-footer",
        "page-footer",
        "main-footer",
        "global-footer",
        "footer-wrap",
        "footer-wrapper",
        "footer-container",
        "footer-area",
        "footer-section",
        "colophon",
    ];
    let node = &page.nodes[place];
    matches!(node.tag, Tag::Other | Tag::Section) && is_called(node, NAMES)
}

/// Whether the id or a class of an element is one of `names`.
fn is_called(node: &Node, names: &[&str]) -> bool {
    let own = [node.attribute("id"), node.attribute("class")].into_iter().flatten();
    let mut own = own.flat_map(str::split_ascii_whitespace);
    own.any(|own| names.iter().any(|name| own.eq_ignore_ascii_case(name)))
}

/// Whether a line says how to reach a place or when it is open.
fn is_fact(text: &str) -> bool {
    let lower = text.to_lowercase();
    if text.trim_start().starts_with('©') || lower.starts_with("copyright") {
        return false;
    }
    let states =
        |fact: Fact| text.chars().count() <= LONGEST_LINE && facts::states(text, fact, &[]);
    is_address(&lower)
        || has_mailbox(text)
        || has_telephone(text)
        || has_hours(&lower)
        || states(Fact::Address)
        || states(Fact::Hours)
}

fn has_mailbox(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        word.split_once('@').is_some_and(|(name, host)| {
            name.chars().any(char::is_alphanumeric) && host.trim_end_matches('.').contains('.')
        })
    })
}

fn has_telephone(text: &str) -> bool {
    let part = |c: char| !(c.is_ascii_digit() || " ()-–/.+\u{a0}".contains(c));
    text.split(part).any(|run| {
        let run = run.trim();
        let digits = run.chars().filter(char::is_ascii_digit).count();
        let parted = run.contains([' ', '-', '/', '(', '\u{a0}', '.']);
        (7..=15).contains(&digits) && !is_date(run) && (run.starts_with(['+', '0', '(']) || parted)
    })
}

/// "05/12/2026", "1. 12. 2026", "2026-12-01".
fn is_date(run: &str) -> bool {
    let run = run.trim_matches(|c: char| !c.is_ascii_digit());
    let parts: Vec<&str> = run.split(['/', '.', '-']).map(str::trim).collect();
    let is_number =
        |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let is_part = |part: &str| part.parse::<u32>().is_ok_and(|number| (1..=31).contains(&number));
    parts.len() == 3
        && parts.iter().all(is_number)
        && is_part(parts[1])
        && (is_part(parts[0]) || is_part(parts[2]))
}

/// Days of the week in some languages, and what people write for them.
const DAYS: &[&str] = &[
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "mo",
    "di",
    "mi",
    "do",
    "fr",
    "sa",
    "so",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "sábado",
    "domingo",
    "lunedì",
    "martedì",
    "mercoledì",
    "giovedì",
    "venerdì",
    "sabato",
    "domenica",
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "zondag",
    "segunda",
    "terça",
    "quarta",
    "quinta",
    "sexta",
    "poniedziałek",
    "wtorek",
    "środa",
    "czwartek",
    "piątek",
    "sobota",
    "niedziela",
    "pon",
    "pondělí",
    "úterý",
    "středa",
    "čtvrtek",
    "pátek",
    "neděle",
    "måndag",
    "tisdag",
    "onsdag",
    "torsdag",
    "fredag",
    "lördag",
    "söndag",
    "mandag",
    "tirsdag",
    "lørdag",
    "søndag",
    "vardagar",
    "hverdage",
    "maanantai",
    "perjantai",
    "lauantai",
    "sunnuntai",
    "hétfő",
    "péntek",
    "szombat",
    "vasárnap",
    "luni",
    "vineri",
    "pazartesi",
    "cuma",
    "cumartesi",
    "pazar",
    "понедельник",
    "пятница",
    "суббота",
    "воскресенье",
    "пн",
    "вт",
    "ср",
    "чт",
    "пт",
    "сб",
    "вс",
    "ежедневно",
    "δευτέρα",
    "παρασκευή",
    "σάββατο",
    "κυριακή",
    "daily",
    "täglich",
    "weekdays",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Days of the week where words are not divided.
const IN_TEXT: &[&str] = &[
    "月曜",
    "火曜",
    "水曜",
    "木曜",
    "金曜",
    "土曜",
    "日曜",
    "平日",
    "毎日",
    "周一",
    "周五",
    "周六",
    "周日",
    "星期",
    "每天",
    "월요일",
    "금요일",
    "토요일",
    "일요일",
    "매일",
];

fn has_hours(lower: &str) -> bool {
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let day = words
        .clone()
        .any(|word| DAYS.contains(&word) || DAYS.contains(&word.trim_end_matches('s')))
        || IN_TEXT.iter().any(|day| lower.contains(day));
    let hour = words.any(|word| {
        let digits = word.chars().take_while(char::is_ascii_digit).count();
        let rest = &word[digits..];
        (1..=4).contains(&digits) && matches!(rest, "" | "am" | "pm" | "h" | "uhr")
    });
    day && (hour
        || ["closed", "geschlossen", "fermé", "cerrado", "chiuso"]
            .iter()
            .any(|w| lower.contains(w)))
}

/// A street with its number, a postcode with its town.
fn is_address(lower: &str) -> bool {
    const STREETS: &[&str] = &[
        "street",
        "st.",
        "road",
        "rd.",
        "avenue",
        "ave",
        "lane",
        "square",
        "boulevard",
        "blvd",
        "straße",
        "strasse",
        "gasse",
        "weg",
        "platz",
        "rue",
        "place",
        "calle",
        "plaza",
        "via",
        "piazza",
        "straat",
        "laan",
        "ulica",
        "ul.",
        "rua",
        "avenida",
        "largo",
        "vägen",
        "gatan",
        "gata",
        "vej",
        "ulice",
        "utca",
        "strada",
        "sokak",
        "caddesi",
        "улица",
        "ул.",
        "οδός",
    ];
    let numbered = lower.contains(|c: char| c.is_ascii_digit());
    let street = lower.split(|c: char| c.is_whitespace() || c == ',').any(|word| {
        STREETS.contains(&word)
            || ["straße", "strasse", "gasse", "straat", "gatan", "vägen", "gade", "vej", "veien"]
                .iter()
                .any(|end| word.ends_with(end))
    });
    numbered && street && lower.chars().count() <= 200
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_told_from_the_rest_of_a_foot() {
        for text in [
            "Tue–Sat 10:00–18:30",
            "Write to desk@harbour.example",
            "Call (02) 9555 0199",
            "Quay Road 7, Port Ellen",
            "Hafenstraße 12, 4020 Linz",
            "sonntags geschlossen",
            "Embarcadero 14. Abierto de 6:30 a 14:00",
            "12 quai des Brumes",
        ] {
            assert!(is_fact(text), "{text}");
        }
        for text in [
            "© 2025 Harbour, all rights reserved",
            "Made with love",
            "Follow us",
            "v2.1.0",
            "05/12/2026 – New boats",
            "2026-12-01",
        ] {
            assert!(!is_fact(text), "{text}");
        }
    }
}
