//! Links that put an event into the reader's calendar: they name programs and say nothing of the event.

use super::{attributes::Hints, page::PageTree, tag::Tag};

/// Words that such links are made of, in lower case.
const WORDS: &[&str] = &[
    "archivo",
    "arquivo",
    "bestand",
    "calendário",
    "el",
    "esporta",
    "exportar",
    "exporteer",
    "exportiere",
    "ficheiro",
    "format",
    "il",
    "le",
    "365",
    "add",
    "agenda",
    "agregar",
    "ajouter",
    "al",
    "apple",
    "au",
    "a",
    "à",
    "aan",
    "calendar",
    "calendario",
    "calendrier",
    "as",
    "download",
    "export",
    "exporter",
    "exportieren",
    "eintragen",
    "file",
    "datei",
    "fichier",
    "google",
    "hinzufügen",
    "ical",
    "icalendar",
    "ics",
    "im",
    "in",
    "den",
    "kalender",
    "live",
    "microsoft",
    "mon",
    "my",
    "office",
    "outlook",
    "online",
    "outlook.com",
    "save",
    "speichern",
    "subscribe",
    "teams",
    "to",
    "toevoegen",
    "via",
    "yahoo",
    "zum",
    "your",
    "mobile",
    "windows",
    "añadir",
    "mi",
    "aggiungi",
    "adicionar",
    "ao",
    "icloud",
    "the",
    "this",
    "event",
];
/// Of which one names a program or a kind of file.
const PROGRAMS: &[&str] = &[
    "calendar",
    "calendário",
    "calendario",
    "calendrier",
    "agenda",
    "kalender",
    "ical",
    "icalendar",
    "ics",
    "outlook",
    "outlook.com",
    "office",
    "google",
    "yahoo",
    "apple",
    "365",
    "icloud",
    "teams",
];

/// Whether a line names a program that keeps a calendar, or how to put something into it, and says no
/// more.
fn names_program(text: &str) -> bool {
    const MOST_WORDS: usize = 7;
    let text = text.to_lowercase();
    let of_word = |c: char| c.is_alphanumeric() || c == '.';
    let mut words = text
        .split(|c: char| !of_word(c))
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty());
    let words: Vec<&str> = words.by_ref().take(MOST_WORDS + 1).collect();
    (1..=MOST_WORDS).contains(&words.len())
        && words.iter().all(|word| WORDS.contains(word))
        && words.iter().any(|word| PROGRAMS.contains(word))
}

/// Whether an address puts something into a calendar.
fn is_of_calendar(href: &str) -> bool {
    const PARTS: &[&str] = &[
        "google.com/calendar",
        "calendar.google.com/calendar",
        "outlook.live.com",
        "outlook.office",
        "calendar.yahoo.com",
        "ical=1",
        "outlook-ical",
        "format=ical",
        "text/calendar",
    ];
    let href = href.trim_start().to_ascii_lowercase();
    let path = href.split(['?', '#']).next().unwrap_or_default();
    href.starts_with("webcal")
        || path.ends_with(".ics")
        || path.ends_with("/ical")
        || PARTS.iter().any(|part| href.contains(part))
}

/// Whether a link has text beside it.
fn is_within_text(page: &PageTree, link: usize) -> bool {
    let says = |at: usize| {
        let node = &page.nodes[at];
        node.tag == Tag::Text && node.text.contains(char::is_alphanumeric)
    };
    page.nodes[link].before.is_some_and(says) || page.siblings_after(link).next().is_some_and(says)
}

/// Whether it only offers to put something into calendars: a link, or a list of which one is.
pub(super) fn offers(page: &PageTree, place: usize) -> bool {
    /// Of a list, in nodes: what has more of them says more.
    const MOST: usize = 120;
    let node = &page.nodes[place];
    let leads = |at: usize| {
        let node = &page.nodes[at];
        node.tag == Tag::A && node.attribute("href").is_some_and(is_of_calendar)
    };
    let within = page.within(place);
    // Its script takes what it puts into a calendar from what is written in it, and hides that.
    let class = node.attribute("class").unwrap_or_default();
    if class.split_ascii_whitespace().any(|name| name == "addeventatc") {
        return true;
    }
    match node.tag {
        // Within a sentence its words are part of it.
        Tag::A => leads(place) && names_program(&page.text(place)) && !is_within_text(page, place),
        tag if tag.is_list() && within.len() <= MOST => {
            let mut items =
                page.children(place).filter(|at| page.nodes[*at].tag == Tag::Li).peekable();
            items.peek().is_some()
                && items.all(|item| names_program(&page.text(item)))
                && within.clone().any(|at| leads(at) || page.nodes[at].hints.any(Hints::WITHIN))
        }
        _ => false,
    }
}

/// Whether a line only says that something can be put into a calendar.
pub(super) fn is_offer(line: &str) -> bool {
    const DOES: &[&str] = &[
        "add",
        "exportar",
        "exportiere",
        "exporteer",
        "esporta",
        "export",
        "save",
        "subscribe",
        "download",
        "hinzufügen",
        "eintragen",
        "speichern",
        "exportieren",
        "ajouter",
        "exporter",
        "añadir",
        "agregar",
        "adicionar",
        "aggiungi",
        "toevoegen",
    ];
    let line = line.trim().to_lowercase();
    names_program(&line) && line.split_whitespace().any(|word| DOES.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::test_site::TestSite;

    const CHOIR: TestSite = TestSite {
        url: "https://choir.example/concert",
        title: "Concert",
        prose: "<p>We sing the winter songs in the old granary, by candle light, and those who like may join in for the last three of them.</p>",
    };

    #[test]
    fn links_into_calendars_are_not_read_and_calendars_to_download_are() {
        CHOIR.check(
            "<div title='Add to Calendar' class=addeventatc>Add to Calendar <span class=start>12/20/2026 05:00 PM</span></div>\
             <div class=event><div>In den Kalender eintragen</div><ul><li><a href='https://calendar.google.com/calendar/r/eventedit?text=x'>\
             Google Kalender</a></li><li><a href='/concert.ics'>iCal / Apple</a></li><li><a href='#'>Outlook.com</a></li></ul></div>\
             <p><a href='/concert/?ical=1'>Add to calendar (.ics)</a></p>\
             <h2>Works with</h2><ul><li>Google Calendar</li><li>Outlook</li></ul>\
             <p>All rehearsals: <a href='/dates.ics'>the choir's dates of this year as a calendar</a>, kept by Ida.</p>\
             <p>Singers read mail in <a href='https://outlook.office.com/mail'>Outlook</a>, too, and write to Ida.</p>",
            &["Google Calendar\n- Outlook", "dates of this year", "read mail in Outlook, too"],
            &["12/20", "eintragen", "iCal", "Outlook.com", ".ics)"],
        );
    }

    #[test]
    fn an_offer_of_a_calendar_is_told_from_a_sentence_about_one() {
        for line in [
            "Add to calendar",
            "Zum Kalender hinzufügen",
            "Ajouter à mon agenda",
            "Export .ics file",
        ] {
            assert!(is_offer(line), "{line}");
        }
        assert!(!is_offer("Add your event to our calendar by Friday"));
        assert!(!is_offer("Kalender"));
    }
}
