//! The result of a crawl: canonical page per content, where its passages are, whether anything
//! changed.

use std::collections::{BTreeMap, BTreeSet};

use domain::source::Page;

use crate::crawl::passages::SITE;

/// Where the passages of a page are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// With this crawl.
    Here,
    /// With the live crawl, under this address.
    Live(String),
}

/// Which pages of a crawl answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrawlPlan {
    /// The pages that answer, by their place in the list, each with where its passages are.
    pub answers: Vec<(usize, Origin)>,
    /// The pages that say the same as another one, which is the second.
    pub duplicates: Vec<(usize, usize)>,
    /// Whether all that shall answer is what answers now.
    pub unchanged: bool,
}

/// Plans from the `pages` of a crawl and those of the live crawl. Carried out in part and made
/// again, it comes to the same.
pub fn plan(pages: &[Page], live: &[Page]) -> CrawlPlan {
    let answering: BTreeMap<&str, &Page> = live
        .iter()
        .filter(|page| page.chunks > 0)
        .filter_map(|page| Some((without_site(page.content()?), page)))
        .collect();
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, page) in pages.iter().enumerate() {
        if let Some(content) = page.content() {
            groups.entry(without_site(content)).or_default().push(at);
        }
    }
    let nearest = |members: &[usize], stored: bool| {
        let fitting = members.iter().filter(|at| pages[**at].stored || !stored);
        fitting.copied().min_by_key(|at| (pages[*at].depth, pages[*at].url.as_str()))
    };
    let mut plan = CrawlPlan::default();
    let mut same = BTreeSet::new();
    for (content, members) in &groups {
        let before = answering.get(content).copied();
        let stays = before
            .and_then(|before| members.iter().copied().find(|at| pages[*at].url == before.url));
        // The first page alone has what the site has at the foot of each.
        let is_first = |at: &usize| pages[*at].content().is_some_and(|of| of.contains(SITE));
        let first = members.iter().copied().find(|at| pages[*at].stored && is_first(at));
        let chosen = first.map(|at| (at, Origin::Here)).or_else(|| {
            match (stays, nearest(members, true), before) {
                (Some(at), _, _) if pages[at].stored => Some((at, Origin::Here)),
                (Some(at), _, Some(before)) => Some((at, Origin::Live(before.url.clone()))),
                (_, Some(at), _) => Some((at, Origin::Here)),
                (_, None, Some(before)) => {
                    nearest(members, false).map(|at| (at, Origin::Live(before.url.clone())))
                }
                _ => None,
            }
        });
        let Some((at, origin)) = chosen else { continue };
        if stays.is_some_and(|at| pages[at].content() == before.and_then(Page::content)) {
            same.insert(*content);
        }
        plan.duplicates.extend(members.iter().filter(|m| **m != at).map(|m| (*m, at)));
        plan.answers.push((at, origin));
    }
    plan.unchanged = !answering.is_empty()
        && plan.answers.len() == answering.len()
        && answering.keys().all(|content| same.contains(content));
    plan
}

/// What tells the content of a page from that of others: not what the site has at the foot of each.
fn without_site(content: &str) -> &str {
    content.split_once(SITE).map_or(content, |(page, _)| page)
}

#[cfg(test)]
mod tests {
    use domain::{
        ChatbotId, CrawlId, SourceId, Timestamp, WorkspaceId,
        source::{PageState, Snapshot},
    };

    use super::*;

    fn page(url: &str, content: &str, chunks: u32, stored: bool) -> Page {
        Page {
            source_id: SourceId::new(),
            chatbot_id: ChatbotId::new(),
            workspace_id: WorkspaceId::new(),
            job: CrawlId::new(),
            url: url.to_owned(),
            depth: u8::from(url != "/"),
            state: PageState::Read,
            chunks,
            words: 0,
            snapshot: Some(Snapshot {
                hash: content.to_owned(),
                etag: None,
                last_modified: None,
                final_url: None,
                at: Timestamp::from_millis(0),
            }),
            stored,
            retry: None,
        }
    }

    #[test]
    fn the_first_time_the_nearest_page_answers_for_those_that_say_the_same() {
        let pages = [page("/b", "x", 2, true), page("/", "x", 2, true), page("/c", "y", 1, true)];
        let plan = plan(&pages, &[]);
        assert_eq!(plan.answers, [(1, Origin::Here), (2, Origin::Here)]);
        assert_eq!(plan.duplicates, [(0, 1)]);
        assert!(!plan.unchanged);
    }

    #[test]
    fn nothing_is_new_only_if_all_that_answered_does_and_nothing_else() {
        let live = [page("/", "x", 2, true), page("/b", "y", 1, true), page("/c", "y", 0, false)];
        let again =
            [page("/", "x", 2, false), page("/b", "y", 1, false), page("/c", "y", 0, false)];
        assert!(plan(&again, &live).unchanged);
        // Less, more, other.
        assert!(!plan(&again[..1], &live).unchanged);
        let more = [again.as_slice(), &[page("/d", "z", 1, true)]].concat();
        assert!(!plan(&more, &live).unchanged);
        let mut gone = again.clone();
        gone[1].state = PageState::Gone("404".to_owned());
        let plan = plan(&gone, &live);
        assert!(!plan.unchanged, "another page answers for it");
        assert_eq!(plan.answers[1], (2, Origin::Live("/b".to_owned())));
    }

    #[test]
    fn another_address_of_the_first_page_says_the_same_without_the_foot_of_the_site() {
        let pages = [page("/index.html", "x", 2, true), page("/", "x+foot", 3, true)];
        let first = plan(&pages, &[]);
        assert_eq!((first.answers, first.duplicates), (vec![(1, Origin::Here)], vec![(0, 1)]));
        let live = [page("/", "x+foot", 3, true)];
        let again = |foot: &str, stored: bool| {
            [page("/index.html", "x", 2, true), page("/", foot, 3, stored)]
        };
        assert!(plan(&again("x+foot", false), &live).unchanged);
        let other = plan(&again("x+other", true), &live);
        assert!(!other.unchanged, "the foot is another one");
        assert_eq!(other.answers, [(1, Origin::Here)]);
        // The first page says now what the other address said before.
        let live = [page("/", "a+foot", 3, true), page("/index.html", "x", 2, true)];
        let now = [page("/index.html", "x", 2, false), page("/", "x+foot", 3, true)];
        assert_eq!(plan(&now, &live).answers, [(1, Origin::Here)], "with its foot");
    }

    #[test]
    fn carried_out_in_part_it_comes_to_the_same() {
        let live = [page("/b", "y", 1, true)];
        let mut pages = [page("/c", "y", 1, true), page("/b", "y", 1, false)];
        let first = plan(&pages, &live);
        assert_eq!(first.answers, [(1, Origin::Live("/b".to_owned()))]);
        pages[1].stored = true;
        pages[0].stored = false;
        pages[0].state = PageState::Duplicate("/b".to_owned());
        let second = plan(&pages, &live);
        assert_eq!(second.answers, [(1, Origin::Here)]);
        assert_eq!((second.duplicates, second.unchanged), (first.duplicates, first.unchanged));
    }
}
