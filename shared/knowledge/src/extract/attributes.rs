//! What an element's attributes say about its part on the page.

use html5ever::{Attribute, local_name};

use super::{names, tag::Tag};

/// What is known of an element before its text is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hints(u32);

impl Hints {
    /// It isn't shown.
    pub(super) const HIDDEN: Self = Self(1);
    /// Something around the text: to share, to follow, to read next.
    pub(super) const AROUND: Self = Self(1 << 1);
    /// What readers wrote.
    pub(super) const COMMENTS: Self = Self(1 << 2);
    /// The text of an article and nothing else.
    pub(super) const TEXT: Self = Self(1 << 3);
    /// The main part of a page.
    pub(super) const MAIN: Self = Self(1 << 4);
    /// Who wrote it and when, what it is filed under.
    pub(super) const ABOUT: Self = Self(1 << 5);
    /// What a picture shows.
    pub(super) const CAPTION: Self = Self(1 << 6);
    /// A link that its author does not vouch for.
    pub(super) const NOFOLLOW: Self = Self(1 << 7);
    /// A teaser of another page.
    pub(super) const TEASER: Self = Self(1 << 8);
    /// Other pages to read, to follow, to subscribe to: whatever its length, it isn't the text.
    pub(super) const ELSEWHERE: Self = Self(1 << 9);
    /// A link within the page, or to a mailbox or a telephone: it leads to no other page.
    pub(super) const WITHIN: Self = Self(1 << 10);
    /// What is above an article's text and leads to it.
    pub(super) const LEAD: Self = Self(1 << 11);
    /// Part of what folds and unfolds, as answers to questions do.
    pub(super) const FOLDS: Self = Self(1 << 12);
    /// Only read to those who can't see.
    pub(super) const SPOKEN: Self = Self(1 << 13);
    /// Hidden until it is found.
    pub(super) const UNTIL_FOUND: Self = Self(1 << 14);
    /// A price that held before.
    pub(super) const OLD_PRICE: Self = Self(1 << 15);
    /// A price, or what is around one.
    pub(super) const PRICE: Self = Self(1 << 16);
    /// A notice about cookies.
    pub(super) const NOTICE: Self = Self(1 << 17);
    /// Where the page is on its site, links to the next: breadcrumbs, pages, skipping.
    pub(super) const WAYS: Self = Self(1 << 18);
    /// To sign up or in, to search.
    pub(super) const SIGN_UP: Self = Self(1 << 19);
    /// To tell others.
    pub(super) const SHARE: Self = Self(1 << 20);
    /// A menu, a bar beside the text, a table of contents.
    pub(super) const MENU: Self = Self(1 << 21);
    /// What lies over the page when it is called for: a cart, a dialog, an enlarged picture.
    pub(super) const OVERLAY: Self = Self(1 << 22);
    /// Advertising.
    pub(super) const ADVERT: Self = Self(1 << 23);
    /// A remark set apart from the text that belongs to it.
    pub(super) const REMARK: Self = Self(1 << 24);
    /// Something to press, whatever the element.
    pub(super) const BUTTON: Self = Self(1 << 25);
    /// A list of labels, each of a panel.
    pub(super) const TABS: Self = Self(1 << 26);
    /// One of several panels that take turns.
    pub(super) const PANEL: Self = Self(1 << 27);
    /// A table that only places things.
    pub(super) const LAYOUT: Self = Self(1 << 28);
    /// A post in a discussion, a question or an answer of its readers.
    pub(super) const POST: Self = Self(1 << 29);
    /// Navigation, a banner or the like, by its role.
    pub(super) const LANDMARK: Self = Self(1 << 30);
    /// How many readers voted for something or liked it.
    pub(super) const VOTES: Self = Self(1 << 31);

    pub(super) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn any(self, of: Self) -> bool {
        self.0 & of.0 != 0
    }
}

/// Reads the attributes of an element.
pub(super) fn of(tag: Tag, attrs: &[Attribute]) -> Hints {
    let mut hints = Hints::default();
    for attr in attrs {
        let value = &*attr.value;
        let more = match attr.name.local {
            local_name!("class") => names::classes(value),
            local_name!("id") => names::id(value),
            local_name!("href") if leads_nowhere(value) => Hints::WITHIN,
            local_name!("hidden") if value.eq_ignore_ascii_case("until-found") => {
                Hints::UNTIL_FOUND
            }
            local_name!("hidden") => Hints::HIDDEN,
            local_name!("aria-hidden") if value == "true" => Hints::HIDDEN,
            local_name!("style") => style(tag, value, attrs),
            local_name!("role") => role(value),
            local_name!("itemprop") => property(value),
            local_name!("itemtype") if value.ends_with("Comment") => Hints::COMMENTS,
            local_name!("itemtype") if is_post(value) => Hints::POST,
            local_name!("rel") if tag == Tag::A && has_word(value, "nofollow") => Hints::NOFOLLOW,
            ref name => match &**name {
                "data-testid" | "data-component" | "data-module" => names::id(value),
                "aria-expanded" => Hints::BUTTON,
                // What no search engine is to quote: notices, as a rule.
                "data-nosnippet" => Hints::HIDDEN,
                // A script shows it when something is pressed.
                "x-show" | "v-show" | "ng-show" | "x-collapse" => Hints::FOLDS,
                "data-toggle" | "data-bs-toggle" if value != "dropdown" => Hints::BUTTON,
                _ => Hints::default(),
            },
        };
        hints = hints.union(more);
    }
    if tag == Tag::Button {
        hints = hints.union(Hints::BUTTON);
    }
    hints
}

fn has_word(value: &str, word: &str) -> bool {
    value.split_ascii_whitespace().any(|w| w.eq_ignore_ascii_case(word))
}

fn leads_nowhere(href: &str) -> bool {
    let href = href.trim_start();
    let starts = |with: &str| href.get(..with.len()).is_some_and(|s| s.eq_ignore_ascii_case(with));
    href.is_empty()
        || href.starts_with('#')
        || ["mailto:", "tel:", "sms:", "javascript:"].iter().any(|with| starts(with))
}

/// What an element's own style says. What is moved off the screen is only spoken; text without a size is
/// not shown, where a box without one may have children with theirs; what is invisible until a script
/// has it fade in is shown.
fn style(tag: Tag, style: &str, attrs: &[Attribute]) -> Hints {
    const OFF_SCREEN: f32 = -900.0;
    let mut hints = Hints::default();
    for (name, value) in style.split(';').filter_map(|rule| rule.split_once(':')) {
        let (name, value) = (name.trim(), value.trim().trim_end_matches("!important").trim());
        let is = |of: &str, as_: &str| {
            name.eq_ignore_ascii_case(of) && value.to_ascii_lowercase().contains(as_)
        };
        let measure = || {
            let number: String =
                value.chars().take_while(|c| "+-.0123456789".contains(*c)).collect();
            number.parse::<f32>().ok()
        };
        let without_size = || name.eq_ignore_ascii_case("font-size") && measure() == Some(0.0);
        let off_screen =
            ["left", "top", "text-indent"].iter().any(|of| name.eq_ignore_ascii_case(of));
        if is("display", "none")
            || is("mso-element", "comment-list")
            || (is("visibility", "hidden") && !fades_in(attrs))
            || ((tag == Tag::P || tag.is_inline()) && without_size())
        {
            hints = hints.union(Hints::HIDDEN);
        }
        if off_screen && measure().is_some_and(|at| at < OFF_SCREEN) {
            hints = hints.union(Hints::SPOKEN);
        }
        if is("text-decoration", "line-through") || is("text-decoration-line", "line-through") {
            hints = hints.union(Hints::OLD_PRICE);
        }
    }
    hints
}

/// Whether a library of animations shows an element once it is scrolled to, by its class or the data
/// that are kept with it.
fn fades_in(attrs: &[Attribute]) -> bool {
    const DATA: &[&str] =
        &["data-aos", "data-wow", "data-sal", "data-sr", "data-scroll", "data-anim"];
    const NAMES: &[&str] = &[
        "wow",
        "aos",
        "animate",
        "animated",
        "animation",
        "reveal",
        "fade",
        "fadein",
        "invisible",
    ];
    attrs.iter().any(|attr| {
        let named = || {
            let mut words = attr.value.split(|c: char| !c.is_ascii_alphabetic());
            words.any(|word| NAMES.iter().any(|name| word.eq_ignore_ascii_case(name)))
        };
        DATA.iter().any(|start| attr.name.local.starts_with(start))
            || (attr.name.local == local_name!("class") && named())
    })
}

fn role(value: &str) -> Hints {
    match value {
        "main" | "article" => Hints::MAIN,
        "tabpanel" => Hints::FOLDS.union(Hints::PANEL),
        "tablist" => Hints::AROUND.union(Hints::TABS),
        "button" | "tab" => Hints::BUTTON,
        "presentation" | "none" => Hints::LAYOUT,
        "note" => Hints::REMARK,
        "dialog" | "alertdialog" => Hints::AROUND.union(Hints::OVERLAY),
        "navigation" | "banner" | "contentinfo" | "menu" | "menubar" | "search" | "toolbar" => {
            Hints::AROUND.union(Hints::LANDMARK)
        }
        "complementary" => Hints::AROUND,
        _ => Hints::default(),
    }
}

fn property(value: &str) -> Hints {
    match value {
        "articleBody" | "reviewBody" => Hints::TEXT,
        "author" | "datePublished" | "dateModified" | "publisher" | "keywords" => Hints::ABOUT,
        "caption" => Hints::CAPTION,
        "comment" => Hints::COMMENTS,
        "acceptedAnswer" | "suggestedAnswer" => Hints::POST,
        _ => Hints::default(),
    }
}

fn is_post(kind: &str) -> bool {
    ["/Question", "/Answer", "/DiscussionForumPosting"].iter().any(|end| kind.ends_with(end))
}
