//! What is around the text on a page that is no article: a help centre, a shop, a list of boxes.
//! Such a page says little in long paragraphs, so that what it is called or how much of it is links
//! is not enough to leave something out: both have to agree. A passage too many costs little, an
//! answer that is missing costs the visitor.

mod badges;
mod links;

use super::{
    attributes::Hints,
    boilerplate::each,
    boilerplate_phrases, calendars,
    disclosure::Disclosure,
    form_messages, furniture, inline,
    page::{Node, PageTree},
    releases, site, tabs,
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
    /// Whether it lists what changed in something.
    is_changelog: bool,
}

/// Leaves out what is around the text.
pub(super) fn leave_out(page: &PageTree, disclosure: &Disclosure<'_>, gone: &mut [bool]) {
    let judge = Judge::new(page, disclosure, gone);
    each(page, gone, 0, |place| judge.is_around(place));
    let judge = Judge::new(page, disclosure, gone);
    each(page, gone, 0, |place| judge.leads_elsewhere(place));
    links::leave_out_lone(page, disclosure, gone);
}

/// Whether a link is a box of text that happens to be one: a teaser of what a landing page offers,
/// something with its price.
fn is_box(page: &PageTree, place: usize) -> bool {
    let text = page.text(place);
    let priced = || {
        page.holds(place, |inner| inner.hints.any(Hints::PRICE))
            && text.contains(|c: char| c.is_ascii_digit())
            && text.contains(char::is_alphabetic)
    };
    (text.chars().count() >= 50 && text.contains(['.', '!', '?', ':', '。', '！', '？']))
        || priced()
}

impl<'p> Judge<'p> {
    fn new(page: &'p PageTree, disclosure: &'p Disclosure<'p>, gone: &[bool]) -> Self {
        let mass = Mass::of(page, &runs_with(page, gone, &|link| is_box(page, link)));
        let all = mass.chars(0..page.nodes.len()).max(1);
        let is_forum = page.nodes.iter().filter(|n| n.hints.any(Hints::POST)).count() > 1;
        let is_changelog = releases::is_changelog(page);
        Self { page, disclosure, mass, all, is_forum, is_changelog }
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
        let in_text = || self.is_in_text(place);
        match node.tag {
            Tag::Head => return true,
            Tag::Html | Tag::Body | Tag::Main | Tag::H(_) | Tag::Table | Tag::Row => return false,
            // Names of tables and columns are of use to all, even if they are only spoken.
            Tag::Caption | Tag::Thead | Tag::HeaderCell if node.hints.any(Hints::SPOKEN) => {
                return false;
            }
            // Some builders call all that opens navigation.
            Tag::Nav if self.linked(place) == 0.0 && self.disclosure.folds(place) => return false,
            Tag::Nav => return !self.is_most(place) || self.linked(place) > 0.5,
            Tag::Noscript => {
                let says = self.is_most(place) || (in_text() && self.good(place) > 0);
                return !says || asks_for_scripts(&page.text(place));
            }
            Tag::Form => return self.is_to_fill_in(place),
            Tag::Footer if !in_text() => return !self.is_most(place),
            Tag::Footer if page.is_in(place, Tag::Blockquote) => return false,
            Tag::Footer => return self.good(place) == 0 || self.linked(place) > 0.3,
            Tag::Header if !in_text() => {
                let says = self.good(place) > 0 || page.holds(place, |n| n.tag == Tag::H(1));
                return !says && !self.is_most(place);
            }
            Tag::Aside => {
                let remark = node.hints.any(Hints::REMARK);
                return !remark && !self.is_most(place) && self.linked(place) > 0.3;
            }
            Tag::Button => return !self.disclosure.is_control(place) && !says_more(page, place),
            _ => {}
        }
        if site::is_called_foot(page, place) && !in_text() {
            return !self.is_most(place);
        }
        if node.hints.any(Hints::SPOKEN) {
            return !self.is_in_a_price(place) && !self.is_in_a_line(place);
        }
        if self.disclosure.is_hidden(place) {
            return !self.is_most(place);
        }
        if self.chars(place) == 1 && is_called_icon(node) {
            return true;
        }
        badges::is_not_shown(page, place)
            || form_messages::is_one(page, place)
            || furniture::is_loader(page, place)
            || calendars::offers(page, place)
            || (node.tag != Tag::Article && self.is_called_so(place))
    }

    fn is_in_text(&self, place: usize) -> bool {
        let parent = self.page.nodes[place].parent;
        [Tag::Main, Tag::Article, Tag::Blockquote].iter().any(|tag| self.page.is_in(parent, *tag))
    }

    /// Whether what is only spoken is part of a line that others read: the word for a colour, a symbol.
    /// Within a link or a button it repeats what that does.
    fn is_in_a_line(&self, place: usize) -> bool {
        let page = self.page;
        let presses = |tag: Tag| matches!(tag, Tag::A | Tag::Button);
        let lines = |tag: Tag| matches!(tag, Tag::P | Tag::Li | Tag::Dd | Tag::Dt) || tag.is_cell();
        let mut above = page.ancestors(place).map(|at| page.nodes[at].tag);
        let node = &page.nodes[place];
        // A number that is spoken instead of what is shown.
        let shown = node.before.is_some_and(|at| page.nodes[at].hints.any(Hints::HIDDEN));
        let pressed = || page.ancestors(place).any(|at| presses(page.nodes[at].tag));
        let counts = || page.text(place).contains(|c: char| c.is_ascii_digit());
        if shown && node.tag.is_inline() && counts() && !pressed() {
            return true;
        }
        node.tag.is_inline()
            && !presses(node.tag)
            && !page.holds(place, |inner| presses(inner.tag))
            && above.find(|tag| !tag.is_inline() || presses(*tag)).is_some_and(lines)
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
        let presses = || page.holds(place, |n| matches!(n.tag, Tag::Button | Tag::A));
        // In the text and with nothing to press it explains cookies.
        if hints.any(Hints::NOTICE)
            && chars <= LONGEST_NOTICE
            && (presses() || !self.is_in_text(place))
            && boilerplate_phrases::is_about_cookies(&page.text(place))
        {
            return true;
        }
        // A link beside a heading to change what is below it.
        if hints.any(Hints::WAYS) && node.tag.is_inline() && page.is_in_heading(place) {
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
        let fills_in = || page.holds(place, is_text_input);
        (hints.any(Hints::LANDMARK) && (linked > 0.3 || good == 0))
            || (hints.any(Hints::WAYS)
                && (linked > 0.3 || self.is_all_links(place) || is_path(&page.text(place))))
            || (hints.any(Hints::SIGN_UP) && fills_in() && good < 300)
            || (hints.any(Hints::SHARE) && presses() && (good == 0 || linked > 0.3))
            || (hints.any(Hints::MENU) && (linked > 0.4 || self.is_all_links(place)))
            || (hints.any(Hints::OVERLAY)
                && (linked > 0.5 || fills_in() || self.says_little(place)))
            || (hints.any(Hints::VOTES)
                && good == 0
                && (chars <= 12 || self.is_called_likes(place)))
            || self.is_newsletter_box(place)
            || (hints.any(Hints::ADVERT) && presses() && (good == 0 || linked > 0.3))
            || (hints.any(Hints::COMMENTS) && !self.is_forum && self.is_discussion(place))
            || (hints.any(Hints::ABOUT) && good == 0 && self.is_byline(place))
            || (hints.any(Hints::ELSEWHERE) && self.is_of_links(place))
            || (hints.any(Hints::TABS)
                && !hints.any(Hints::PANEL)
                && !tabs::holds_panels(page, place)
                && !page.holds(place, is_box_to_tick))
            || (page.holds(place, |n| n.tag == Tag::Button)
                && chars <= LONGEST_NOTICE / 2
                && boilerplate_phrases::is_cookie_notice(&page.text(place)))
    }

    /// Whether it only says how many readers liked the page.
    fn is_called_likes(&self, place: usize) -> bool {
        const LONGEST: u32 = 60;
        let node = &self.page.nodes[place];
        let mut names = [node.attribute("id"), node.attribute("class")].into_iter().flatten();
        self.chars(place) <= LONGEST && names.any(|name| name.to_lowercase().contains("likes"))
    }

    /// Whether a dialog says nothing that is worth reading: a message, an error, an empty cart. What
    /// nothing on the page opens says more if it is read.
    fn says_little(&self, place: usize) -> bool {
        const PROSE: u32 = 100;
        let (page, good) = (self.page, self.good(place));
        let role = page.nodes[place].attribute("role");
        let is_dialog = matches!(role, Some("dialog" | "alertdialog"));
        let least = if self.disclosure.is_opened(place) { 1 } else { PROSE };
        is_dialog && good < least && !page.holds(place, |inner| inner.tag == Tag::Table)
    }

    /// Whether it only has an address of e-mail to be filled in, for news.
    fn is_newsletter_box(&self, place: usize) -> bool {
        const LONGEST: u32 = 200;
        let page = self.page;
        let is_box = matches!(page.nodes[place].tag, Tag::Other | Tag::Section | Tag::Aside);
        let mails =
            |inner: &Node| inner.tag == Tag::Control && inner.attribute("type") == Some("email");
        let writes = |inner: &Node| {
            inner.tag == Tag::Form
                || (inner.tag == Tag::Control && inner.attribute("type").is_none())
        };
        is_box
            && self.chars(place) <= LONGEST
            && page.holds(place, mails)
            && !page.holds(place, writes)
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
        !node.tag.is_inline()
            && self.chars(place) <= 150
            && (dated || self.linked(place) > 0.3)
            && !releases::tells(page, place, self.is_changelog)
            && !releases::is_field(page, place)
    }

    fn is_to_fill_in(&self, place: usize) -> bool {
        let page = self.page;
        if self.is_most(place) || !page.holds(place, |n| n.tag == Tag::Control) {
            return false;
        }
        // What can be bought, with what it costs.
        let priced = |at: usize| {
            let node = &page.nodes[at];
            node.hints.any(Hints::PRICE) && page.text(at).contains(|c: char| c.is_ascii_digit())
        };
        let chosen = |node: &Node| node.tag == Tag::Control && !node.text.is_empty();
        let of_cart = inline::is_of_a_cart(&page.nodes[place]);
        if page.within(place).any(priced) || (of_cart && page.holds(place, chosen)) {
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
}

/// Whether something to press has a paragraph in it that says more than what it does: documentation of
/// APIs has what a status means there.
fn says_more(page: &PageTree, button: usize) -> bool {
    const SHORTEST: usize = 40;
    /// Paragraphs that are looked at.
    const MOST: usize = 4;
    let mut paragraphs = page.within(button).filter(|at| page.nodes[*at].tag == Tag::P).take(MOST);
    paragraphs.any(|at| {
        let text = page.text(at);
        text.ends_with(['.', '。']) && text.contains(' ') || text.chars().count() >= SHORTEST
    })
}

/// Where a page is on its site, as "Start / Boats / Laser".
fn is_path(text: &str) -> bool {
    text.chars().count() < 80 && [" / ", " › ", " » ", " > "].iter().any(|sign| text.contains(sign))
}

/// Whether a letter is drawn as a picture, which only a font of icons has.
fn is_called_icon(node: &Node) -> bool {
    let class = node.attribute("class").unwrap_or_default();
    let mut words = class.split(|c: char| !c.is_ascii_alphabetic());
    words.any(|word| matches!(word, "icon" | "symbol" | "glyph" | "arrow" | "chevron"))
}

fn is_box_to_tick(node: &Node) -> bool {
    let kind = node.attribute("type");
    node.tag == Tag::Control && matches!(kind, Some("checkbox" | "radio"))
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
