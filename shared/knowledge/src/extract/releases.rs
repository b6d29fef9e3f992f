//! What looks like a line about the page and is part of what it says: the version of a change with its
//! day, a value that the site's editors filled in below its name.

use super::{page::PageTree, tag::Tag};

/// What a page is called that lists changes, in lower case.
const CHANGELOGS: &[&str] = &[
    "changelog",
    "change log",
    "release notes",
    "release history",
    "version history",
    "what's new",
    "what’s new",
    "product updates",
    "änderungsprotokoll",
    "versionshinweise",
    "versionshistorie",
    "neuerungen",
    "notes de version",
    "nouveautés",
    "notas de la versión",
    "notas de versión",
    "novedades",
    "note di rilascio",
    "notas de lançamento",
];
/// What comes before the number of a version, in lower case.
const VERSIONS: &[&str] = &["version", "release", "ver.", "build", "versión", "versione", "versie"];
/// How the name of a value begins that is about the page, in lower case.
const OF_THE_PAGE: &[&str] = &[
    "author",
    "autor",
    "auteur",
    "autore",
    "by",
    "category",
    "categor",
    "catégor",
    "created",
    "kategori",
    "last ",
    "modified",
    "posted",
    "pubblicat",
    "publicad",
    "published",
    "publication",
    "publié",
    "redak",
    "schlag",
    "share",
    "tag",
    "topic",
    "updated",
    "veröffentlicht",
    "verfasser",
    "written",
    "aktualisiert",
    "reading time",
    "lesezeit",
    "etiqueta",
    "mots-clés",
    "stichw",
];

/// Whether a page lists what changed in something, by its title or its first heading.
pub(super) fn is_changelog(page: &PageTree) -> bool {
    let named = [page.first(Tag::Title), page.first(Tag::H(1))].into_iter().flatten();
    named.into_iter().any(|at| {
        let text = page.text(at).to_lowercase();
        CHANGELOGS.iter().any(|name| text.contains(name))
    })
}

/// Whether it says which version of something came when, or is about a change that a heading right before
/// or behind it names by its version.
pub(super) fn tells(page: &PageTree, place: usize, is_changelog: bool) -> bool {
    /// Of such a line, in nodes and in characters.
    const MOST: usize = 24;
    const LONGEST: usize = 100;
    let says = |at: usize| page.nodes[at].tag != Tag::Text;
    // The title of an article may be that of a version, and who wrote it is behind it all the same.
    let is_heading = |at: &usize| matches!(page.nodes[*at].tag, Tag::H(2..));
    if page.within(place).len() > MOST || page.text(place).chars().count() > LONGEST {
        return false;
    }
    let behind = page.siblings_after(place).find(|at| says(*at));
    let mut beside = page.nodes[place].before.into_iter().chain(behind).filter(is_heading);
    is_changelog || is_of_version(page, place) || beside.any(|at| is_of_version(page, at))
}

fn is_of_version(page: &PageTree, place: usize) -> bool {
    let called = |at: usize| {
        let class = page.nodes[at].attribute("class").unwrap_or_default();
        let mut words = class.split(|c: char| !c.is_ascii_alphabetic());
        words.any(|word| word.eq_ignore_ascii_case("version"))
            && page.text(at).contains(|c: char| c.is_ascii_digit())
    };
    page.within(place).take(24).any(called) || names_version(&page.text(place))
}

/// Whether a text names a version: "v5.2", "Version 3", "2.0.0-beta.1".
pub(super) fn names_version(text: &str) -> bool {
    let mut before = String::new();
    text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ',' | '·' | '|'))
        .filter(|word| !word.is_empty())
        .take(16)
        .any(|word| {
            let word = word.to_lowercase();
            let named = VERSIONS.contains(&before.as_str());
            let is_one = is_version(&word, named);
            before = word;
            is_one
        })
}

fn is_version(word: &str, named: bool) -> bool {
    let bare = word.strip_prefix('v').map(|rest| rest.trim_start_matches('.'));
    let number = bare.unwrap_or(word).trim_end_matches(['.', ':', '–', '-']);
    let core = number.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = core.split('.').take(6).collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let numbers = parts.iter().filter(|part| is_number(part)).count();
    // "3.6.2025" and "2025.6.3" are days; "12.3.26" may be one.
    let is_day = parts.len() == 3
        && (parts.iter().any(|part| part.len() == 4) || parts.last().is_some_and(|p| p.len() == 2));
    numbers == parts.len()
        && match (bare.is_some() || named, parts.len()) {
            (true, _) => true,
            (false, 3..) => !is_day,
            _ => false,
        }
}

/// Whether an element, or one around it not far off, is a value with its name before it, as the editors of
/// a site fill them in, and not who made the page and when.
pub(super) fn is_field(page: &PageTree, place: usize) -> bool {
    let mut near = std::iter::once(place).chain(page.ancestors(place).take(4));
    near.any(|at| is_named_value(page, at) || is_own_field(page.nodes[at].attribute("class")))
}

/// Whether an element is a field that the editors of a site made up, as Drupal calls it: fields that each
/// page has, for who made it and when, have other names.
fn is_own_field(class: Option<&str>) -> bool {
    const STARTS: &[&str] = &["field--name-field-", "field-name-field-", "views-field-field-"];
    const OF_THE_PAGE: &[&str] =
        &["author", "autor", "publi", "posted", "updated", "created", "byline", "tags", "categor"];
    let mut names = class.unwrap_or_default().split_ascii_whitespace();
    names.any(|name| {
        let own = STARTS.iter().find_map(|start| name.strip_prefix(start));
        own.is_some_and(|own| !OF_THE_PAGE.iter().any(|part| own.contains(part)))
    })
}

fn is_named_value(page: &PageTree, place: usize) -> bool {
    /// Of a name, in nodes and in characters.
    const MOST: usize = 8;
    const LONGEST: usize = 40;
    let boxes = |at: &usize| page.nodes[*at].tag != Tag::Text;
    let mut children = page.children(place).filter(boxes);
    let (Some(name), Some(value)) = (children.next(), children.next()) else { return false };
    let class = page.nodes[name].attribute("class").unwrap_or_default();
    let mut words = class.split(|c: char| !c.is_ascii_alphabetic());
    let called = words.any(|word| word.eq_ignore_ascii_case("label"));
    if !called || page.within(name).len() > MOST || page.nodes[name].tag.is_list() {
        return false;
    }
    let bytes: usize = page.nodes[page.within(name)].iter().map(|node| node.text.len()).sum();
    if bytes > 8 * LONGEST {
        return false;
    }
    let text = page.text(name).to_lowercase();
    (1..=LONGEST).contains(&text.chars().count())
        && !OF_THE_PAGE.iter().any(|start| text.starts_with(start))
        && page.within(value).take(64).any(|at| !page.nodes[at].text.trim().is_empty())
}

/// What is said of an entry right before its heading, in the same element and with nothing before it: the
/// version or the day. It is part of the entry, not of the one before it.
pub(super) fn before_heading(page: &PageTree, gone: &[bool], heading: usize) -> Option<String> {
    /// In nodes and in characters.
    const MOST: usize = 24;
    const LONGEST: usize = 80;
    let kept = |at: usize| {
        let mut text = String::new();
        let mut dated = false;
        let mut place = at + 1;
        while place < heading {
            let node = &page.nodes[place];
            if gone[place] {
                place = node.end;
                continue;
            }
            // What is before another heading or in a list is something else.
            if matches!(node.tag, Tag::H(_) | Tag::Li | Tag::Table | Tag::Pre) {
                return None;
            }
            dated |= node.attribute("datetime").is_some();
            text.push_str(&node.text);
            if node.tag != Tag::Text {
                text.push(' ');
            }
            place += 1;
        }
        Some((super::folded(&text), dated))
    };
    for around in page.ancestors(heading).take(4) {
        if heading - around > MOST || matches!(page.nodes[around].tag, Tag::Body | Tag::Main) {
            return None;
        }
        let (text, dated) = kept(around)?;
        if text.is_empty() {
            continue;
        }
        let says = text.chars().count() <= LONGEST && (dated || names_version(&text));
        return says.then_some(text);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::test_site::{TestSite, above};

    const LOOM: TestSite = TestSite {
        url: "https://loom.example/releases",
        title: "Loom",
        prose: "<p>Loom weaves the patterns that are drawn on the screen, on any loom that can be told by a cable which threads to lift.</p>",
    };

    #[test]
    fn versions_are_told_from_days_and_prices() {
        for text in
            ["v2.4", "Version 3", "1.12.0", "12 May 2026 · 2.0.0-beta.1", "V.7.1", "Release 24"]
        {
            assert!(names_version(text), "{text}");
        }
        for text in
            ["3.6.2025", "2025.6.3", "12.3.26", "19.90", "May 12, 2025", "vase", "10.30 – 12.00"]
        {
            assert!(!names_version(text), "{text}");
        }
    }

    #[test]
    fn a_version_and_its_day_are_below_the_heading_of_their_entry() {
        let entry = |day: &str, version: &str, name: &str, text: &str| {
            format!(
                "<div class=release><p class=post-meta><span>{version}</span> <time datetime={day}>{day}</time></p>\
                 <h3>{name}</h3><p>{text}</p></div>"
            )
        };
        let document = LOOM.read(&format!(
            "<h1>Releases</h1>{}{}",
            entry("2026-04-02", "v3.1", "Twill", "Diagonals are drawn at once."),
            entry("2026-02-11", "v3.0", "Satin", "Floats are counted."),
        ));
        assert_eq!(above(&document, "v3.0").last().map(String::as_str), Some("Satin"));
        assert_eq!(above(&document, "2026-04-02").last().map(String::as_str), Some("Twill"));
        // A version in the heading makes the day behind it one of a change.
        LOOM.check(
            "<h2>v2.9.4</h2><div class=meta><time datetime=2025-12-01>1 December 2025</time></div><p>Selvedges hold.</p>\
             <h2>News</h2><div class=meta><time datetime=2025-11-01>1 November 2025</time></div><p>We moved.</p>",
            &["1 December 2025"],
            &["1 November"],
        );
    }

    #[test]
    fn values_below_their_names_are_read_and_when_a_page_was_made_is_not() {
        let field = |name: &str, label: &str, value: &str| {
            format!(
                "<div class='field field--name-field-{name}'><div class=field__label>{label}</div>\
                 <div class=field__item><time datetime=2026-03-12T18:00:00Z>{value}</time></div></div>"
            )
        };
        let hidden = "<div class='field field--name-field-event-date'><time datetime=2026-04-02>2 April 2026</time></div>\
                      <div class='field field--name-field-published-date'><time datetime=2026-01-02>2 January 2026</time></div>";
        LOOM.check(hidden, &["2 April"], &["2 January"]);
        let fields = field("date", "Begin", "12 March 2026 – 18:00")
            + &field("published", "Published", "1 February 2026");
        LOOM.check(&fields, &["12 March 2026"], &["1 February"]);
        let long = "The weaving mill shows how the pattern of the town's old flag is woven, thread by thread, on the loom of 1890. ".repeat(5);
        let article = format!(
            "<article itemscope itemtype='https://schema.org/NewsArticle'><h1>Weaving night</h1><p>{long}</p>{fields}<p>{long}</p></article>"
        );
        LOOM.check(&article, &["12 March 2026"], &["1 February"]);
    }
}
