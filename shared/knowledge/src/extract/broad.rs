//! What is around the text on a page that is no article: a help centre, a shop, a list of boxes.
//! Such a page says little in long paragraphs, so that what it is called or how much of it is links
//! is not enough to leave something out: both have to agree. A passage too many costs little, an
//! answer that is missing costs the visitor.

use super::{
    attributes::Hints,
    boilerplate::each,
    boilerplate_phrases,
    disclosure::Disclosure,
    page::{Node, PageTree},
    site, tabs,
    tag::Tag,
    text_density::{Mass, runs_with},
};

/// Of a notice about cookies, in characters: what is longer explains them.
const LONGEST_NOTICE: u32 = 1_200;

/// Looks at elements from the outside inwards.
struct Judge<'p> {
    page: &'p PageTree,
    disclosure: &'p Disclosure<'p>,
    mass: Mass,
    /// How much text the page has, in characters.
    all: u32,
    /// Whether readers' posts are what the page is about.
    is_forum: bool,
}

/// Leaves out what is around the text.
pub(super) fn leave_out(page: &PageTree, disclosure: &Disclosure<'_>, gone: &mut [bool]) {
    let judge = Judge::new(page, disclosure, gone);
    each(page, gone, 0, |place| judge.is_around(place));
    let judge = Judge::new(page, disclosure, gone);
    each(page, gone, 0, |place| judge.leads_elsewhere(place));
    lone_links(page, gone);
}

/// Links that are all that is in a line of a box.
fn lone_links(page: &PageTree, gone: &mut [bool]) {
    let boxes = |tag: Tag| matches!(tag, Tag::Body | Tag::Main | Tag::Other | Tag::Section);
    for run in runs_with(page, gone, &|link| is_box(page, link)) {
        if run.linked * 10 < run.chars * 8 || run.chars >= 100 || !boxes(page.nodes[run.block].tag)
        {
            continue;
        }
        let mut at = run.first;
        while at < page.nodes.len() && page.nodes[at].tag.is_inline() {
            if let Some(link) = page.ancestors(at).take(4).find(|a| page.nodes[*a].tag == Tag::A) {
                gone[link] = true;
            }
            at += 1;
        }
    }
}

/// Whether a link is a box of text that happens to be one: a teaser of what a landing page offers.
fn is_box(page: &PageTree, place: usize) -> bool {
    let text = page.text(place);
    text.chars().count() >= 50 && text.contains(['.', '!', '?', ':', '。', '！', '？'])
}

impl<'p> Judge<'p> {
    fn new(page: &'p PageTree, disclosure: &'p Disclosure<'p>, gone: &[bool]) -> Self {
        let mass = Mass::of(page, &runs_with(page, gone, &|link| is_box(page, link)));
        let all = mass.chars(0..page.nodes.len()).max(1);
        let is_forum = page.nodes.iter().filter(|n| n.hints.any(Hints::POST)).count() > 1;
        Self { page, disclosure, mass, all, is_forum }
    }

    fn chars(&self, place: usize) -> u32 {
        self.mass.chars(self.page.within(place))
    }

    fn good(&self, place: usize) -> u32 {
        self.mass.good(self.page.within(place))
    }

    /// How much of its text is links.
    fn linked(&self, place: usize) -> f32 {
        self.mass.linked(self.page.within(place)) as f32 / self.chars(place).max(1) as f32
    }

    /// Whether most of the page is in it.
    fn is_most(&self, place: usize) -> bool {
        self.chars(place) * 2 > self.all
    }

    fn is_around(&self, place: usize) -> bool {
        let (page, node) = (self.page, &self.page.nodes[place]);
        let in_text =
            || page.is_in(node.parent, Tag::Main) || page.is_in(node.parent, Tag::Article);
        match node.tag {
            Tag::Head => return true,
            Tag::Html | Tag::Body | Tag::Main | Tag::H(_) | Tag::Table | Tag::Row => return false,
            // Some builders call all that opens navigation.
            Tag::Nav if self.linked(place) == 0.0 && self.disclosure.folds(place) => return false,
            Tag::Nav => return !self.is_most(place) || self.linked(place) > 0.5,
            Tag::Noscript => return !self.is_most(place) || asks_for_scripts(&page.text(place)),
            Tag::Form => return self.is_to_fill_in(place),
            Tag::Footer if !in_text() => return !self.is_most(place),
            Tag::Footer => return self.good(place) < 80 || self.linked(place) > 0.3,
            Tag::Header if !in_text() => {
                let says = self.good(place) > 0 || page.holds(place, |n| n.tag == Tag::H(1));
                return !says && !self.is_most(place);
            }
            Tag::Aside => {
                let remark = node.hints.any(Hints::REMARK);
                return !remark && !self.is_most(place) && self.linked(place) > 0.3;
            }
            Tag::Button => return !self.disclosure.is_control(place),
            _ => {}
        }
        if site::is_called_foot(page, place) && !in_text() {
            return !self.is_most(place);
        }
        if node.hints.any(Hints::SPOKEN) {
            return !self.is_in_a_price(place);
        }
        if self.disclosure.is_hidden(place) {
            return !self.is_most(place);
        }
        node.tag != Tag::Article && self.is_called_so(place)
    }

    /// What its authors call it, where its text agrees.
    fn is_called_so(&self, place: usize) -> bool {
        let (page, node) = (self.page, &self.page.nodes[place]);
        let hints = node.hints;
        if self.is_most(place) {
            return false;
        }
        let linked = self.linked(place);
        let (chars, good) = (self.chars(place), self.good(place));
        if hints.any(Hints::NOTICE)
            && chars <= LONGEST_NOTICE
            && boilerplate_phrases::is_about_cookies(&page.text(place))
        {
            return true;
        }
        if hints.any(Hints::OVERLAY)
            && chars <= LONGEST_NOTICE
            && boilerplate_phrases::is_cookie_notice(&page.text(place))
        {
            return true;
        }
        if chars == 0 {
            return false;
        }
        let presses = || page.holds(place, |n| matches!(n.tag, Tag::Button | Tag::A));
        let fills_in = || page.holds(place, is_text_input);
        (hints.any(Hints::LANDMARK) && (linked > 0.3 || good == 0))
            || (hints.any(Hints::WAYS) && (linked > 0.3 || is_path(&page.text(place))))
            || (hints.any(Hints::SIGN_UP) && fills_in() && good < 300)
            || (hints.any(Hints::SHARE) && presses() && (good == 0 || linked > 0.3))
            || (hints.any(Hints::MENU) && (linked > 0.4 || self.is_all_links(place)))
            || (hints.any(Hints::OVERLAY) && (linked > 0.5 || fills_in()))
            || (hints.any(Hints::ADVERT) && presses() && (good == 0 || linked > 0.3))
            || (hints.any(Hints::COMMENTS) && !self.is_forum && self.is_discussion(place))
            || (hints.any(Hints::ABOUT) && good == 0 && self.is_byline(place))
            || (hints.any(Hints::ELSEWHERE) && self.is_of_links(place))
            || (hints.any(Hints::TABS)
                && !hints.any(Hints::PANEL)
                && !tabs::holds_panels(page, place))
            || (page.holds(place, |n| n.tag == Tag::Button)
                && chars <= LONGEST_NOTICE / 2
                && boilerplate_phrases::is_cookie_notice(&page.text(place)))
    }

    /// Whether most of its text is links, those within the page included.
    fn is_all_links(&self, place: usize) -> bool {
        let page = self.page;
        let links = page.within(place).filter(|at| page.nodes[*at].tag == Tag::A).take(400);
        let linked: usize = links.map(|link| page.text(link).chars().count()).sum();
        linked * 10 > self.chars(place) as usize * 6
    }

    /// Who wrote something and when, in a box of its own.
    fn is_byline(&self, place: usize) -> bool {
        let (page, node) = (self.page, &self.page.nodes[place]);
        let dated = page.holds(place, |inner| inner.attribute("datetime").is_some());
        !node.tag.is_inline() && self.chars(place) <= 150 && (dated || self.linked(place) > 0.3)
    }

    fn is_to_fill_in(&self, place: usize) -> bool {
        let page = self.page;
        if self.is_most(place) || !page.holds(place, |n| n.tag == Tag::Control) {
            return false;
        }
        !page.holds(place, is_text_input) || self.good(place) < 200
    }

    /// Of what is only spoken, prices are told apart by it.
    fn is_in_a_price(&self, place: usize) -> bool {
        let near = |at: usize| self.page.nodes[at].hints.any(Hints::PRICE);
        self.page.ancestors(place).take(3).any(near)
    }

    /// Whether readers write there: it is called so in full, or they can.
    fn is_discussion(&self, place: usize) -> bool {
        const NAMES: &[&str] = &["comments", "commentlist", "disqus", "respond", "replies"];
        let (page, node) = (self.page, &self.page.nodes[place]);
        let named =
            [node.attribute("id"), node.attribute("class")].into_iter().flatten().any(|names| {
                let mut words = names.split(|c: char| !c.is_ascii_alphabetic());
                words.any(|word| NAMES.iter().any(|name| word.eq_ignore_ascii_case(name)))
            });
        named
            || page.holds(place, |inner| {
                inner.tag == Tag::Control && inner.attribute("type").is_none()
            })
    }

    /// Whether it holds links with little around them.
    fn is_of_links(&self, place: usize) -> bool {
        let links = self.mass.links(self.page.within(place));
        let (chars, good) = (self.chars(place), self.good(place));
        let items = self.page.nodes[self.page.within(place)]
            .iter()
            .filter(|node| matches!(node.tag, Tag::Li | Tag::Article))
            .count();
        let node = &self.page.nodes[place];
        let called = [node.attribute("id"), node.attribute("class")].into_iter().flatten();
        // "Recommended hotels" may be what the page is about.
        if !called.into_iter().any(boilerplate_phrases::names_pages) {
            return self.linked(place) > 0.7;
        }
        links > 0
            && (self.linked(place) > 0.3
                || (items > 0 && links as usize >= items && good * 2 < chars))
    }

    /// Lists of links that no text introduces.
    fn leads_elsewhere(&self, place: usize) -> bool {
        let (page, node) = (self.page, &self.page.nodes[place]);
        let links = self.mass.links(page.within(place));
        let (chars, linked) = (self.chars(place), self.linked(place));
        if node.tag.is_list() && !self.is_introduced(place) {
            return linked > 0.7 || self.is_of_contents(place);
        }
        if linked == 0.0 || self.is_most(place) {
            return false;
        }
        match node.tag {
            Tag::P => linked > 0.8 && chars < 100 && !self.is_in_a_sentence(place),
            Tag::Table => links > 2 && chars > 200 && linked > 0.8,
            Tag::Other | Tag::Header | Tag::Section | Tag::Article | Tag::Blockquote => {
                let lists = page.holds(place, |n| n.tag.is_list());
                linked > 0.8 && !(lists && self.is_introduced(place))
            }
            _ => false,
        }
    }

    /// Whether a list only leads to places on the page.
    fn is_of_contents(&self, place: usize) -> bool {
        let page = self.page;
        let links: Vec<usize> = page
            .within(place)
            .filter(|at| {
                let href = page.nodes[*at].attribute("href").unwrap_or_default();
                page.nodes[*at].tag == Tag::A && href.len() > 1 && href.starts_with('#')
            })
            .take(400)
            .collect();
        let linked: usize = links.iter().map(|link| page.text(*link).chars().count()).sum();
        links.len() > 1 && linked * 10 > self.chars(place) as usize * 7
    }

    /// Whether the text right before a list says what is on it.
    fn is_introduced(&self, place: usize) -> bool {
        let page = self.page;
        let list = page.within(place).find(|at| page.nodes[*at].tag.is_list()).unwrap_or(place);
        let before = page.nodes[list].before.or_else(|| page.nodes[page.nodes[list].parent].before);
        let Some(before) = before.filter(|b| !matches!(page.nodes[*b].tag, Tag::H(_) | Tag::Nav))
        else {
            return false;
        };
        let text = page.text(before);
        // "Contents:" announces links, and no more.
        text.split_whitespace().count() > 2
            && boilerplate_phrases::introduces(&text)
            && self.linked(before) < 0.5
    }

    /// Whether a link alone in its paragraph has what ends a sentence.
    fn is_in_a_sentence(&self, place: usize) -> bool {
        self.page.text(place).ends_with(['.', '!', '?', '。'])
    }
}

/// Where a page is on its site, as "Start / Boats / Laser".
fn is_path(text: &str) -> bool {
    text.chars().count() < 80 && [" / ", " › ", " » ", " > "].iter().any(|sign| text.contains(sign))
}

fn is_text_input(node: &Node) -> bool {
    node.tag == Tag::Control
        && node.attribute("type").is_none_or(|kind| {
            matches!(kind, "text" | "email" | "password" | "search" | "tel" | "url")
        })
}

fn asks_for_scripts(text: &str) -> bool {
    text.len() < 400 && text.to_lowercase().contains("javascript")
}
