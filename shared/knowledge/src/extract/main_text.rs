//! Which part of a page is its main text: what is around it is taken away, by what its authors
//! call it and by how much of it is links, and of the rest the element is found that holds the
//! paragraphs.

use super::{
    attributes::Hints,
    boilerplate, boilerplate_phrases, broad,
    disclosure::Disclosure,
    page::PageTree,
    sections,
    tag::Tag,
    teasers,
    text_density::{Mass, runs},
    title,
};

/// What to read of a page.
#[derive(Debug)]
pub(super) struct MainText {
    /// The element that holds it.
    pub(super) root: usize,
    /// Elements before it that lead to it, in reading order.
    pub(super) leads: Vec<usize>,
    /// Elements elsewhere that something on the page opens, in reading order: dialogs are kept at the
    /// end of a page, wherever they belong.
    pub(super) opened: Vec<usize>,
    /// For each node whether it is left out, with all that is in it.
    pub(super) gone: Vec<bool>,
    /// Whether the page is an article, and all that is no part of it left out.
    pub(super) is_article: bool,
}

/// What an article has of prose at least, in characters, that says when it was published.
const ARTICLE: u32 = 300;
/// What an article has of prose at least, in characters, that only calls itself one: some systems
/// do so of all their pages.
const CALLED_ARTICLE: u32 = 1_000;
/// What has so much prose in one place, in characters, is an article, whatever it says.
const LONG_ARTICLE: u32 = 2_500;

/// Finds the main text.
pub(super) fn find(page: &PageTree) -> MainText {
    let disclosure = Disclosure::of(page);
    let article = article(page, &disclosure);
    let mass = Mass::of(page, &runs(page, &article.gone));
    let good = mass.good(page.within(article.root));
    let is_article = (good >= ARTICLE && is_dated_article(page))
        || (good >= CALLED_ARTICLE && page.head.is_called_article())
        || (good >= LONG_ARTICLE && !sells(page) && !asks_beside(page, article.root));
    match is_article {
        true => article,
        false => broadly(page, &disclosure),
    }
}

/// Whether a page says that it is an article of some day.
fn is_dated_article(page: &PageTree) -> bool {
    let is_post = || {
        let body = page.first(Tag::Body).and_then(|body| page.nodes[body].attribute("class"));
        body.is_some_and(|class| class.split_ascii_whitespace().any(|name| name == "single-post"))
    };
    let is_thing = || {
        page.nodes
            .iter()
            .filter_map(|node| node.attribute("itemtype"))
            .any(|kind| kind.ends_with("/NewsArticle") || kind.ends_with("/BlogPosting"))
    };
    page.head.is_article() || is_post() || is_thing()
}

/// Whether a page is about something for sale: its price is beside its story, however long that is.
fn sells(page: &PageTree) -> bool {
    let called = page.head.meta("og:type").is_some_and(|kind| kind.starts_with("product"));
    let thing = |kind: &str| kind.ends_with("/Product");
    called || page.nodes.iter().filter_map(|node| node.attribute("itemtype")).any(thing)
}

/// Whether questions unfold beside the text.
fn asks_beside(page: &PageTree, root: usize) -> bool {
    const FEWEST: usize = 2;
    let around = |at: usize| {
        [Tag::Nav, Tag::Header, Tag::Footer, Tag::Aside].iter().any(|tag| page.is_in(at, *tag))
    };
    let asks = |at: &usize| {
        page.nodes[*at].tag == Tag::Summary
            && !page.within(root).contains(at)
            && page.text(*at).ends_with(['?', '？', '؟'])
            && !around(*at)
    };
    (0..page.nodes.len()).filter(asks).take(FEWEST).count() == FEWEST
}

/// The text of an article and nothing else.
fn article(page: &PageTree, disclosure: &Disclosure<'_>) -> MainText {
    let mut gone = vec![false; page.nodes.len()];
    boilerplate::by_tag(page, disclosure, &mut gone);
    boilerplate::by_hints(page, &mut gone);
    teasers::leave_out(page, &mut gone);
    let title = title::heading(page, &gone);
    let root = root(page, &Mass::of(page, &runs(page, &gone)), &gone, title);
    let with_links = Mass::of(page, &runs(page, &gone));
    boilerplate::by_links(page, root, &mut gone);
    title::nothing_before(page, root, title, &mut gone);
    sections::elsewhere(page, root, Some(&with_links), &mut gone);
    // A long page that doesn't say what it is may be one of a help centre.
    let is_said = is_dated_article(page) || page.head.is_called_article();
    if is_said {
        sections::announcements(page, root, &with_links, &mut gone);
    }
    sections::headings_of_nothing(page, root, &mut gone);
    sections::labels(page, root, true, &mut gone);
    if is_said {
        sections::closings(page, root, &mut gone);
    }
    let leads = title::leads(page, root, title, &gone);
    MainText { root, leads, opened: Vec::new(), gone, is_article: true }
}

/// All that a page says that is no article.
fn broadly(page: &PageTree, disclosure: &Disclosure<'_>) -> MainText {
    let mut gone = vec![false; page.nodes.len()];
    broad::leave_out(page, disclosure, &mut gone);
    let root = main_part(page, &gone);
    sections::elsewhere(page, root, None, &mut gone);
    sections::labels(page, root, false, &mut gone);
    let opened = opened(page, disclosure, root, &gone);
    let leads = alerts(page, root, &gone);
    MainText { root, leads, opened, gone, is_article: false }
}

/// What is above the main part and calls itself important: a day on which all is closed.
fn alerts(page: &PageTree, root: usize, gone: &[bool]) -> Vec<usize> {
    /// Of the page.
    const MOST: usize = 2;
    /// In characters.
    const LONGEST: usize = 400;
    let is_called = |at: usize| {
        let node = &page.nodes[at];
        let class = node.attribute("class").unwrap_or_default();
        let mut words = class.split(|c: char| !c.is_ascii_alphabetic());
        // That something was sent is said to one visitor.
        let is_of_one = words.clone().any(|word| word == "success");
        let is_alert = node.attribute("role") == Some("alert")
            || (node.tag == Tag::Other
                && words.any(|word| matches!(word, "alert" | "announcement")));
        is_alert && !is_of_one
    };
    let mass = Mass::of(page, &runs(page, gone));
    let says = |at: usize| {
        let chars = mass.chars(page.within(at));
        let fills_in = page.holds(at, |inner| inner.tag == Tag::Control);
        if mass.good(page.within(at)) == 0 && chars < 25 || chars as usize > LONGEST || fills_in {
            return false;
        }
        let text = page.text(at);
        let lower = text.to_lowercase();
        // Of all programs that show a page, it only speaks to some.
        let of_programs = ["javascript", "browser", "navigateur", "navegador"];
        mass.linked(page.within(at)) * 2 < chars
            && (text.contains(|c: char| c.is_ascii_digit()) || text.contains(['.', '!', '。']))
            && !of_programs.iter().any(|name| lower.contains(name))
            && !boilerplate_phrases::is_about_cookies(&text)
    };
    let mut alerts = Vec::new();
    let mut place = 0;
    while place < root && alerts.len() < MOST {
        let node = &page.nodes[place];
        if gone[place] {
            place = node.end;
        } else if node.end <= root && is_called(place) {
            alerts.extend(Some(place).filter(|at| says(*at)));
            place = node.end;
        } else {
            place += 1;
        }
    }
    alerts
}

/// Dialogs outside of the main part that something on the page opens.
fn opened(page: &PageTree, disclosure: &Disclosure<'_>, root: usize, gone: &[bool]) -> Vec<usize> {
    let mut opened = Vec::new();
    let mut place = 0;
    while place < page.nodes.len() {
        let node = &page.nodes[place];
        if gone[place] || place == root {
            place = node.end;
        } else if node.hints.any(Hints::OVERLAY) && disclosure.is_opened(place) {
            opened.push(place);
            place = node.end;
        } else {
            place += 1;
        }
    }
    opened
}

/// The element that its authors call the main one, if most of the text is in it; or the body.
fn main_part(page: &PageTree, gone: &[bool]) -> usize {
    let body = page.first(Tag::Body).unwrap_or(0);
    let mass = Mass::of(page, &runs(page, gone));
    let all = mass.chars(page.within(body));
    let is_main = |place: &usize| {
        let node = &page.nodes[*place];
        !gone[*place] && (node.tag == Tag::Main || node.attribute("role") == Some("main"))
    };
    let main = page.within(body).find(is_main);
    main.filter(|main| mass.chars(page.within(*main)) * 5 > all * 3).unwrap_or(body)
}

/// The element that holds the paragraphs.
fn root(page: &PageTree, mass: &Mass, gone: &[bool], title: Option<usize>) -> usize {
    let body = page.first(Tag::Body).unwrap_or(0);
    let all = mass.good(page.within(body)).max(1) as f32;
    let best = |is: &dyn Fn(usize) -> bool, share: f32| {
        let mut best = None;
        let mut place = body;
        while place < page.nodes[body].end {
            if gone[place] {
                place = page.nodes[place].end;
                continue;
            }
            if is(place) {
                let good = mass.good(page.within(place));
                if best.is_none_or(|(most, _)| good > most) {
                    best = Some((good, place));
                }
                place = page.nodes[place].end;
                continue;
            }
            place += 1;
        }
        best.filter(|(good, _)| *good as f32 >= share * all).map(|(_, place)| place)
    };
    let container =
        |place: usize| !page.nodes[place].tag.is_inline() && page.nodes[place].tag != Tag::P;
    let hinted =
        |hint: Hints| move |place: usize| container(place) && page.nodes[place].hints.any(hint);
    if let Some(text) = best(&hinted(Hints::TEXT), 0.25) {
        return parts(page, mass, gone, text);
    }
    let titled = title.and_then(|title| {
        let holds = |place: &usize| {
            page.nodes[*place].end > title && page.nodes[*place].tag == Tag::Article
        };
        let article = (body..title).find(holds)?;
        (mass.good(page.within(article)) >= 300).then_some(article)
    });
    if let Some(article) = titled {
        return descend(page, mass, gone, article);
    }
    let start = best(&|place| page.nodes[place].tag == Tag::Article, 0.5)
        .or_else(|| best(&hinted(Hints::MAIN), 0.5))
        .or_else(|| best(&|place| page.nodes[place].tag == Tag::Main, 0.5))
        .unwrap_or(body);
    descend(page, mass, gone, start)
}

/// An article's text may be in parts, each named as its text: then it is what holds them all, unless
/// that holds much else.
fn parts(page: &PageTree, mass: &Mass, gone: &[bool], part: usize) -> usize {
    let mut whole = part;
    let mut place = part;
    while place > 0 && page.nodes[place].tag != Tag::Body {
        place = page.nodes[place].parent;
        let mut named = 0;
        let mut at = place + 1;
        while at < page.nodes[place].end {
            let node = &page.nodes[at];
            if gone[at] {
                at = node.end;
            } else if node.hints.any(Hints::TEXT) {
                named += mass.good(page.within(at));
                at = node.end;
            } else {
                at += 1;
            }
        }
        let all = mass.good(page.within(place)) as f32;
        if named > mass.good(page.within(whole)) && named as f32 > 0.85 * all {
            whole = place;
        }
    }
    whole
}

/// Goes down as long as one child holds nearly all of the text.
fn descend(page: &PageTree, mass: &Mass, gone: &[bool], mut place: usize) -> usize {
    loop {
        let all = mass.good(page.within(place)) as f32;
        let heir = page.children(place).find(|child| {
            let node = &page.nodes[*child];
            let container = !node.tag.is_inline()
                && !matches!(
                    node.tag,
                    Tag::P
                        | Tag::List
                        | Tag::OrderedList
                        | Tag::DefinitionList
                        | Tag::Li
                        | Tag::Row
                        | Tag::Pre
                        | Tag::H(_)
                );
            !gone[*child] && container && mass.good(page.within(*child)) as f32 > 0.95 * all
        });
        match heir {
            Some(heir) if all > 0.0 => place = heir,
            _ => return place,
        }
    }
}
