//! Teasers of other articles that are listed beside one: a headline that leads to each, and how it
//! begins.

use super::{
    attributes::Hints,
    page::PageTree,
    tag::Tag,
    text_density::{Mass, runs},
};

/// Teasers in a list at least.
const FEWEST: usize = 3;
/// What is shorter, in characters, is no headline.
const SHORTEST_HEADLINE: u32 = 15;
/// What is longer, in characters, says more than a teaser does.
const LONGEST: u32 = 500;

/// Leaves out lists of teasers.
pub(super) fn leave_out(page: &PageTree, gone: &mut [bool]) {
    let mass = Mass::of(page, &runs(page, gone));
    let mut place = 0;
    while place < page.nodes.len() {
        if gone[place] {
            place = page.nodes[place].end;
            continue;
        }
        if !page.nodes[place].tag.is_inline() {
            list_in(page, &mass, place, gone);
        }
        place += 1;
    }
}

/// The children of an element, if most of them are teasers.
fn list_in(page: &PageTree, mass: &Mass, parent: usize, gone: &mut [bool]) {
    let items: Vec<usize> =
        page.children(parent).filter(|at| !gone[*at] && mass.chars(page.within(*at)) > 0).collect();
    let teasers: Vec<usize> =
        items.iter().copied().filter(|at| is_teaser(page, mass, *at)).collect();
    // A list may have one among them whose beginning is all of it.
    if teasers.len() >= FEWEST && teasers.len() * 4 >= items.len() * 3 {
        items.into_iter().for_each(|item| gone[item] = true);
    }
}

/// Whether a box has a headline that leads to another page first, and behind it a text that is cut
/// off.
fn is_teaser(page: &PageTree, mass: &Mass, place: usize) -> bool {
    let node = &page.nodes[place];
    if !matches!(node.tag, Tag::Li | Tag::Other | Tag::Article | Tag::Section) {
        return false;
    }
    let (chars, linked) = (mass.chars(page.within(place)), mass.linked(page.within(place)));
    if chars > LONGEST || linked < SHORTEST_HEADLINE || linked == chars {
        return false;
    }
    let first = page
        .within(place)
        .find(|at| page.nodes[*at].tag == Tag::Text && !page.nodes[*at].text.trim().is_empty());
    let leads = |at: usize| {
        let node = &page.nodes[at];
        node.tag == Tag::A && node.attribute("href").is_some() && !node.hints.any(Hints::WITHIN)
    };
    let headed = |first: usize| page.ancestors(first).take_while(|at| *at > place).any(leads);
    first.is_some_and(headed) && is_cut_off(&page.text(place))
}

fn is_cut_off(text: &str) -> bool {
    let text = text.trim_end_matches([']', ')', ' ']);
    text.ends_with("...") || text.ends_with('…')
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::extract::html;

    const ARTICLE: &str = "<p>The lock on the old canal opened again on Monday after two years of \
        work, and the first barge through it carried the mayor, a brass band and forty crates of \
        plums from the orchards upstream.</p><p>The keeper, who lives in the yellow house beside \
        the gates, said that the new ones close without a sound, which she has yet to get used \
        to, and that the herons have come back.</p><p>The lock is open from April to October.</p>";

    fn said(body: &str) -> String {
        let page = format!(
            "<html><head><title>The lock opens</title><meta property='article:published_time' \
             content='2026-05-04'></head><body><div class=page>{body}</div></body></html>"
        );
        let document = html(&page, &Url::parse("https://canal.example/lock").unwrap()).unwrap();
        let blocks = document.blocks.into_iter().map(|block| block.text);
        blocks.collect::<Vec<_>>().join("\n")
    }

    fn list(end: &str) -> String {
        let items = ["Ferry fares rise next month", "Bridge closed until Friday", "Mill sold"].map(
            |headline| {
                format!(
                    "<li><a href='/news/{}'>{headline} by the council</a> <span>From our \
                     correspondent: the council met on Tuesday evening, and after long debate it \
                     voted for the plan that had been on the table since March, with all but two \
                     of its members{end}</span></li>",
                    headline.len()
                )
            },
        );
        format!("<div class=ticker><ul>{}</ul></div>", items.join(""))
    }

    #[test]
    fn a_list_of_articles_that_are_cut_off_is_no_part_of_one() {
        for body in [
            format!("{}<h2>The lock opens</h2>{ARTICLE}", list("...")),
            format!("<h2>The lock opens</h2>{ARTICLE}{}", list("…")),
        ] {
            let said = said(&body);
            assert!(said.contains("herons") && said.contains("October"), "{said}");
            assert!(!said.contains("council"), "{said}");
        }
    }

    #[test]
    fn a_list_of_whole_sentences_is() {
        let said = said(&format!("<h2>The lock opens</h2>{ARTICLE}{}", list(".")));
        assert!(said.contains("council met on Tuesday"), "{said}");
    }
}
