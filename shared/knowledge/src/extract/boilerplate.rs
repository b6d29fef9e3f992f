//! What is around the text: told by its tag, by what its authors call it, by how much of it is
//! links.

use super::{
    attributes::Hints,
    calendars,
    disclosure::Disclosure,
    form_messages,
    page::PageTree,
    releases,
    tag::Tag,
    text_density::{Mass, runs},
};

/// Walks over what is still there, from the outside inwards; what `leave_out` says yes to is gone.
pub(super) fn each(
    page: &PageTree,
    gone: &mut [bool],
    from: usize,
    mut leave_out: impl FnMut(usize) -> bool,
) {
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
pub(super) fn by_tag(page: &PageTree, disclosure: &Disclosure<'_>, gone: &mut [bool]) {
    let mass = Mass::of(page, &runs(page, gone));
    let all = mass.good(0..page.nodes.len());
    each(page, gone, 0, |place| {
        let node = &page.nodes[place];
        let share = mass.good(page.within(place)) as f32 / all.max(1) as f32;
        match node.tag {
            Tag::Head | Tag::Nav => true,
            Tag::Noscript => share < 0.5,
            // A remark belongs to the text, whatever its element.
            Tag::Aside | Tag::Figure if node.hints.any(Hints::REMARK) => false,
            Tag::Aside | Tag::Footer => share < 0.5,
            Tag::Form => share < 0.3,
            Tag::Header => share < 0.2 && !in_article(page, place),
            Tag::Figure => !holds(page, place, &[Tag::Pre, Tag::Table, Tag::Blockquote]),
            Tag::Button => !disclosure.is_control(place),
            _ if node.hints.any(Hints::SPOKEN) => share < 0.5,
            _ => share < 0.5 && disclosure.is_hidden(place),
        }
    });
}

fn in_article(page: &PageTree, mut place: usize) -> bool {
    while place > 0 {
        place = page.nodes[place].parent;
        if matches!(page.nodes[place].tag, Tag::Article | Tag::Main) {
            return true;
        }
    }
    false
}

fn holds(page: &PageTree, place: usize, tags: &[Tag]) -> bool {
    page.nodes[page.within(place)].iter().any(|node| tags.contains(&node.tag))
}

/// Elements that by their names are around the text, unless much of the text is in them.
pub(super) fn by_hints(page: &PageTree, gone: &mut [bool]) {
    let mass = Mass::of(page, &runs(page, gone));
    let all = mass.good(0..page.nodes.len()).max(1);
    let is_changelog = releases::is_changelog(page);
    each(page, gone, 0, |place| {
        let node = &page.nodes[place];
        let whole = matches!(node.tag, Tag::Body | Tag::Article | Tag::Main) || node.parent == 0;
        if whole || matches!(node.tag, Tag::H(_)) {
            return false;
        }
        let good = mass.good(page.within(place));
        let share = good as f32 / all as f32;
        let hints = node.hints;
        if hints.any(Hints::COMMENTS) {
            return share < 0.9 && !holds(page, place, &[Tag::H(1)]);
        }
        if hints.any(Hints::TEXT) || section_of_text(page, place, &mass) {
            return false;
        }
        let may_quote =
            (hints.any(Hints::AROUND) && share < 0.4) || (hints.any(Hints::TEASER) && share < 0.2);
        let of_text =
            || releases::tells(page, place, is_changelog) || releases::is_field(page, place);
        (hints.any(Hints::ELSEWHERE) && share < 0.7)
            || (hints.any(Hints::ABOUT) && share < 0.2 && !of_text())
            || (hints.any(Hints::CAPTION) && share < 0.2)
            || form_messages::is_one(page, place)
            || calendars::offers(page, place)
            || (may_quote && !is_quotation(page, place, &mass))
    });
}

/// A section of a document, under its own heading and with few links, may have any name: in
/// documentation it is made of the heading.
fn section_of_text(page: &PageTree, place: usize, mass: &Mass) -> bool {
    let range = page.within(place);
    let (chars, linked) = (mass.chars(range.clone()), mass.linked(range.clone()));
    let first = range.skip(1).find(|at| page.nodes[*at].tag != Tag::Text);
    let headed = first.is_some_and(|at| matches!(page.nodes[at].tag, Tag::H(_)));
    headed
        && mass.good(page.within(place)) as f32 >= 200.0
        && linked as f32 <= 0.1 * chars as f32
        && !holds(page, place, &[Tag::Form])
}

/// Whether nearly all that it says is quoted: a post of a network that the text is about is in an
/// element that is called after networks.
fn is_quotation(page: &PageTree, place: usize, mass: &Mass) -> bool {
    let mut quoted = 0;
    let mut at = place;
    while at < page.nodes[place].end {
        if page.nodes[at].tag == Tag::Blockquote {
            quoted += mass.good(page.within(at));
            at = page.nodes[at].end;
        } else {
            at += 1;
        }
    }
    quoted > 0 && quoted * 10 >= mass.good(page.within(place)) * 9
}

/// Whether it is shown over the link before it when that is pointed at: within a line, and of
/// links alone.
fn is_card_of_a_link(page: &PageTree, place: usize) -> bool {
    /// What is shorter, in characters, may be a further link of the line.
    const SHORTEST: usize = 60;
    if !page.nodes[place].before.is_some_and(|at| page.nodes[at].tag == Tag::A) {
        return false;
    }
    let links = page.within(place).filter(|at| page.nodes[*at].tag == Tag::A);
    let (mut count, mut linked) = (0, 0);
    for link in links {
        count += 1;
        linked += page.text(link).chars().count();
    }
    let chars = page.text(place).chars().count();
    count > 1 && chars >= SHORTEST && linked * 10 >= chars * 9
}

/// Lists of links and the like.
pub(super) fn by_links(page: &PageTree, root: usize, gone: &mut [bool]) {
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
            Tag::List | Tag::OrderedList | Tag::DefinitionList => {
                links > 0 && density > if chars < 300 { 0.6 } else { 0.75 }
            }
            Tag::P => links > 0 && density > 0.8 && chars < 100,
            Tag::Table => {
                links > 2 && chars > 200 && density > if chars < 1000 { 0.8 } else { 0.5 }
            }
            Tag::Other | Tag::Section | Tag::Header | Tag::Blockquote | Tag::Article => {
                links > 0 && (density > 0.8 || (density > 0.5 && chars < 300))
            }
            Tag::Span | Tag::Inline => is_card_of_a_link(page, place),
            _ => false,
        }
    });
}
