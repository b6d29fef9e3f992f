//! Which part of a page is its main text: what is around it is taken away, by what its authors
//! call it and by how much of it is links, and of the rest the element is found that holds the
//! paragraphs.

use super::{
    hints::Hints,
    page::{Page, Tag},
    phrases,
    runs::{Mass, runs},
};

/// What to read of a page.
#[derive(Debug)]
pub(super) struct MainText {
    /// The element that holds it.
    pub(super) root: usize,
    /// Elements before it that lead to it, in reading order.
    pub(super) leads: Vec<usize>,
    /// For each node whether it is left out, with all that is in it.
    pub(super) gone: Vec<bool>,
}

/// A page with less text than this in the element that was found is looked at again, less strictly.
const LITTLE: u32 = 250;

/// Finds the main text.
pub(super) fn find(page: &Page) -> MainText {
    let strict = attempt(page, true);
    if chars(page, &strict) >= LITTLE {
        return strict;
    }
    let lax = attempt(page, false);
    if chars(page, &lax) > 2 * chars(page, &strict) { lax } else { strict }
}

fn chars(page: &Page, main: &MainText) -> u32 {
    let range = page.within(main.root);
    runs(page, &main.gone).iter().filter(|run| range.contains(&run.first)).map(|run| run.chars).sum()
}

fn attempt(page: &Page, strict: bool) -> MainText {
    let mut gone = vec![false; page.nodes.len()];
    by_tag(page, &mut gone);
    if strict {
        by_hints(page, &mut gone);
    }
    let runs = runs(page, &gone);
    let title = title_heading(page, &gone);
    let root = root(page, &Mass::of(page, &runs), &gone, title);
    by_links(page, root, &mut gone);
    if env("Q", 1.0) > 0.0 { cards(page, root, &mut gone); }
    if env("T", 1.0) > 0.0 { before_the_title(page, root, title, &mut gone);}
    if env("U", 1.0) > 0.0 { sections_elsewhere(page, root, &mut gone);}
    headings_of_nothing(page, root, &mut gone);
    if env("V", 1.0) > 0.0 { labels(page, root, &mut gone);}
    let leads = leads(page, root, title, &gone);
    MainText { root, leads, gone }
}

/// Walks over what is still there, from the outside inwards; what `leave_out` says yes to is gone.
fn each(page: &Page, gone: &mut [bool], from: usize, mut leave_out: impl FnMut(usize) -> bool) {
    let mut place = from;
    let end = page.nodes[from].end;
    while place < end {
        if gone[place] {
            place = page.nodes[place].end;
        } else if page.nodes[place].tag != Tag::Text && leave_out(place) {
            gone[place] = true;
            place = page.nodes[place].end;
        } else {
            place += 1;
        }
    }
}

/// Elements that are never main text, unless most of the text is in them.
fn by_tag(page: &Page, gone: &mut [bool]) {
    let mass = Mass::of(page, &runs(page, gone));
    let all = mass.good(0..page.nodes.len());
    each(page, gone, 0, |place| {
        let node = &page.nodes[place];
        let share = mass.good(page.within(place)) as f32 / all.max(1) as f32;
        match node.tag {
            Tag::Head | Tag::Nav => true,
            Tag::Noscript => share < 0.5,
            Tag::A => holds(page, place, &[Tag::H(2), Tag::H(3), Tag::H(4), Tag::H(5), Tag::H(6)]) && share < 0.2 && env("K", 1.0)>0.0,
            Tag::Aside | Tag::Footer => share < 0.5,
            Tag::Form => share < 0.3,
            Tag::Header => share < 0.2 && !in_article(page, place),
            Tag::Figure => !holds(page, place, &[Tag::Pre, Tag::Table, Tag::Blockquote]),
            _ => node.hints.any(Hints::HIDDEN) && share < 0.5,
        }
    });
}

fn in_article(page: &Page, mut place: usize) -> bool {
    while place > 0 {
        place = page.nodes[place].parent;
        if matches!(page.nodes[place].tag, Tag::Article | Tag::Main) {
            return true;
        }
    }
    false
}

fn holds(page: &Page, place: usize, tags: &[Tag]) -> bool {
    page.nodes[page.within(place)].iter().any(|node| tags.contains(&node.tag))
}

/// Elements that by their names are around the text, unless much of the text is in them.
fn by_hints(page: &Page, gone: &mut [bool]) {
    let mass = Mass::of(page, &runs(page, gone));
    let all = mass.good(0..page.nodes.len()).max(1);
    each(page, gone, 0, |place| {
        let node = &page.nodes[place];
        if matches!(node.tag, Tag::Body | Tag::Document | Tag::Other if page.nodes[place].parent == 0)
            || matches!(node.tag, Tag::Article | Tag::Main)
        {
            return false;
        }
        if matches!(node.tag, Tag::H(_)) {
            return false;
        }
        let share = mass.good(page.within(place)) as f32 / all as f32;
        let hints = node.hints;
        if hints.any(Hints::COMMENTS) {
            return share < 0.9 && !holds(page, place, &[Tag::H(1)]);
        }
        if hints.any(Hints::TEXT) {
            return false;
        }
        (hints.any(Hints::ELSEWHERE) && share < env("S", 0.7))
            || (hints.any(Hints::AROUND) && share < env("R", 0.4))
            || (hints.any(Hints::ABOUT.union(Hints::CAPTION)) && share < 0.2)
            || (hints.any(Hints::TEASER) && share < 0.2)
    });
}

/// The element that holds the paragraphs.
fn root(page: &Page, mass: &Mass, gone: &[bool], title: Option<usize>) -> usize {
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
    let hinted = |hint: Hints| move |place: usize| container(place) && page.nodes[place].hints.any(hint);
    if let Some(text) = best(&hinted(Hints::TEXT), env("A", 0.25)) {
        return parts(page, mass, gone, text);
    }
    let titled = title.and_then(|title| {
        let holds = |place: &usize| page.nodes[*place].end > title && page.nodes[*place].tag == Tag::Article;
        let article = (body..title).filter(holds).last()?;
        (mass.good(page.within(article)) >= 300 && env("W", 1.0)>0.0).then_some(article)
    });
    if let Some(article) = titled {
        return descend(page, mass, gone, article);
    }
    let start = best(&|place| page.nodes[place].tag == Tag::Article, env("B",0.5))
        .or_else(|| best(&hinted(Hints::MAIN), env("C",0.5)))
        .or_else(|| best(&|place| page.nodes[place].tag == Tag::Main, env("D",0.5)))
        .unwrap_or(body);
    descend(page, mass, gone, start)
}

/// An article's text may be in parts, each named as its text: then it is what holds them all, unless
/// that holds much else.
fn parts(page: &Page, mass: &Mass, gone: &[bool], part: usize) -> usize {
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
        if named > mass.good(page.within(whole)) && named as f32 > env("L", 0.85) * all {
            whole = place;
        }
    }
    whole
}

pub(super) fn env(n: &str, d: f32) -> f32 {
    std::env::var(n).ok().and_then(|v| v.parse().ok()).unwrap_or(d)
}

/// Goes down as long as one child holds nearly all of the text.
fn descend(page: &Page, mass: &Mass, gone: &[bool], mut place: usize) -> usize {
    loop {
        let all = mass.good(page.within(place)) as f32;
        let heir = page.children(place).find(|child| {
            let node = &page.nodes[*child];
            let container = !node.tag.is_inline()
                && !matches!(node.tag, Tag::P | Tag::List | Tag::Li | Tag::Row | Tag::Pre | Tag::H(_));
            !gone[*child] && container && mass.good(page.within(*child)) as f32 > env("E", 0.95) * all
        });
        match heir {
            Some(heir) if all > 0.0 => place = heir,
            _ => return place,
        }
    }
}

/// Lists of links and the like.
fn by_links(page: &Page, root: usize, gone: &mut [bool]) {
    let mass = Mass::of(page, &runs(page, gone));
    each(page, gone, root, |place| {
        if place == root {
            return false;
        }
        let range = page.within(place);
        let (chars, linked) = (mass.chars(range.clone()), mass.linked(range.clone()));
        let links = mass.links(range);
        let density = linked as f32 / chars.max(1) as f32;
        match page.nodes[place].tag {
            Tag::List => links > 0 && density > if chars < 300 { 0.6 } else { 0.75 },
            Tag::P => links > 0 && density > 0.8 && chars < 100,
            Tag::Table => links > 2 && chars > 200 && density > if chars < 1000 { 0.8 } else { 0.5 },
            Tag::Other | Tag::Header | Tag::Blockquote | Tag::Article => {
                links > 0 && (density > 0.8 || (density > 0.5 && chars < 300))
            }
            Tag::H(_) => links > 0 && density > 0.8 && false,
            _ => false,
        }
    });
}

/// Cards that each lead to another page: several beside each other, a linked heading in each.
fn cards(page: &Page, root: usize, gone: &mut [bool]) {
    let mass = Mass::of(page, &runs(page, gone));
    let all = mass.good(page.within(root)).max(1) as f32;
    let card = |place: usize, gone: &[bool]| {
        let range = page.within(place);
        let node = &page.nodes[place];
        !gone[place]
            && matches!(node.tag, Tag::Other | Tag::Article | Tag::Li | Tag::Cell)
            && mass.chars(range.clone()) < 600
            && range.clone().any(|at| {
                let heading = page.within(at);
                let chars = mass.chars(heading.clone());
                matches!(page.nodes[at].tag, Tag::H(2..=6))
                    && chars > 0
                    && mass.linked(heading) * 10 > chars * 8
            })
    };
    let mut cards: Vec<usize> = Vec::new();
    let mut place = root;
    while place < page.nodes[root].end {
        let node = &page.nodes[place];
        if gone[place] || node.tag == Tag::Text {
            place = node.end;
            continue;
        }
        let found: Vec<usize> = page.children(place).filter(|child| card(*child, gone)).collect();
        if found.len() >= 2 {
            cards.extend(found);
        }
        place += 1;
    }
    let good: u32 = cards.iter().map(|card| mass.good(page.within(*card))).sum();
    if (good as f32) < 0.5 * all {
        cards.into_iter().for_each(|card| gone[card] = true);
    }
}

/// The heading that has the page's title, or most of it.
fn title_heading(page: &Page, gone: &[bool]) -> Option<usize> {
    let plain = |text: String| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let title = plain(page.text(page.first(Tag::Title)?));
    let mut place = 0;
    while place < page.nodes.len() {
        let node = &page.nodes[place];
        if gone[place] {
            place = node.end;
            continue;
        }
        if matches!(node.tag, Tag::H(1..=2)) {
            let heading = plain(page.text(place));
            let long = heading.chars().count() >= 10;
            if long && (title.starts_with(&heading) || title.ends_with(&heading)) {
                return Some(place);
            }
        }
        place += 1;
    }
    None
}

/// The most that stands between a title and the text, in characters.
const LONGEST_LEAD: u32 = 700;

/// What stands between the title and the text and by its name leads to it.
fn leads(page: &Page, root: usize, title: Option<usize>, gone: &[bool]) -> Vec<usize> {
    let Some(title) = title.filter(|title| page.nodes[*title].end <= root) else {
        return Vec::new();
    };
    let mass = Mass::of(page, &runs(page, gone));
    let between = page.nodes[title].end..root;
    let mut leads: Vec<usize> = Vec::new();
    let mut place = between.start;
    while place < between.end {
        let node = &page.nodes[place];
        let lead = node.hints.any(Hints::LEAD)
            && node.end <= root
            && (60..LONGEST_LEAD).contains(&mass.chars(page.within(place)))
            && mass.linked(page.within(place)) * 3 < mass.chars(page.within(place));
        if gone[place] || lead {
            leads.extend(Some(place).filter(|_| lead && !gone[place] && env("X", 1.0) > 0.0));
            place = node.end;
        } else {
            place += 1;
        }
    }
    leads.truncate(2);
    leads
}

/// What comes before the title.
fn before_the_title(page: &Page, root: usize, title: Option<usize>, gone: &mut [bool]) {
    let Some(title) = title.filter(|title| page.within(root).contains(title)) else { return };
    let mass = Mass::of(page, &runs(page, gone));
    let all = mass.good(page.within(root));
    if mass.good(root..title) * 5 < all {
        each(page, gone, root, |place| place < title && page.nodes[place].end <= title);
        for place in root..title {
            gone[place] |= page.nodes[place].tag == Tag::Text;
        }
    }
}

/// Sections whose heading says that they lead elsewhere.
fn sections_elsewhere(page: &Page, root: usize, gone: &mut [bool]) {
    let mass = Mass::of(page, &runs(page, gone));
    let all = mass.good(page.within(root));
    let mut place = root;
    while place < page.nodes[root].end {
        let node = &page.nodes[place];
        if gone[place] {
            place = node.end;
            continue;
        }
        if let Tag::H(level) = node.tag
            && phrases::leads_elsewhere(&page.text(place))
        {
            section(page, root, place, level, (&mass, all), gone);
        }
        place += 1;
    }
}

fn section(
    page: &Page,
    root: usize,
    heading: usize,
    level: u8,
    (mass, all): (&Mass, u32),
    gone: &mut [bool],
) {
    // The heading may be all that is in an element; then what follows that is its section.
    let mut first = heading;
    loop {
        let parent = page.nodes[first].parent;
        let alone = mass.chars(page.within(parent)) == mass.chars(page.within(heading));
        if parent <= root || !alone {
            break;
        }
        first = parent;
    }
    let parent = page.nodes[first].parent;
    let ends = |place: usize| {
        page.within(place).any(|at| {
            matches!(page.nodes[at].tag, Tag::H(other) if other < level || (other == level && at == place))
        })
    };
    let section: Vec<usize> = page
        .children(parent)
        .skip_while(|child| *child <= first)
        .take_while(|child| !ends(*child))
        .collect();
    let good: u32 = section.iter().map(|child| mass.good(page.within(*child))).sum();
    let links: u32 = section.iter().map(|child| mass.links(page.within(*child))).sum();
    if (links > 0 && good * 5 < all * 2) || good == 0 {
        gone[first] = true;
        section.into_iter().for_each(|child| gone[child] = true);
    }
}

/// Lines that only label something.
fn labels(page: &Page, root: usize, gone: &mut [bool]) {
    let range = page.within(root);
    for run in runs(page, gone) {
        if range.contains(&run.first) && run.chars <= 60 && run.block != root {
            let whole = page.within(run.block);
            if whole.clone().skip(1).all(|at| page.nodes[at].tag.is_inline())
                && !matches!(page.nodes[run.block].tag, Tag::Pre | Tag::Cell | Tag::Row)
                && phrases::is_label(&page.text(run.block))
            {
                gone[run.block] = true;
            }
        }
    }
}

/// A heading right above what was left out goes with it.
fn headings_of_nothing(page: &Page, root: usize, gone: &mut [bool]) {
    let headings: Vec<usize> = page
        .within(root)
        .filter(|place| matches!(page.nodes[*place].tag, Tag::H(_)) && !gone[*place])
        .collect();
    for place in headings {
        let next = page.nodes[place].end;
        let follower = (next..page.nodes[root].end).find(|at| {
            let node = &page.nodes[*at];
            node.tag != Tag::Text || !node.text.trim().is_empty()
        });
        if follower.is_some_and(|at| gone[at] && page.nodes[at].tag == Tag::List) {
            gone[place] = true;
        }
    }
}

