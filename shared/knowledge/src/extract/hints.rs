//! What an element's attributes say about its part on the page: class names and ids are words that
//! page authors choose, and they choose alike.

use html5ever::{Attribute, local_name};

use super::page::Tag;

/// What is known of an element before its text is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hints(u16);

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
    /// What stands above an article's text and leads to it.
    pub(super) const LEAD: Self = Self(1 << 11);
    /// Part of what folds and unfolds, as answers to questions do.
    pub(super) const FOLDS: Self = Self(1 << 12);
    /// A link within the page.
    pub(super) const WITHIN: Self = Self(1 << 10);

    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
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
            local_name!("class") => names(value, true),
            local_name!("id") => names(value, false),
            local_name!("href") if value.starts_with('#') || value.is_empty() => Hints::WITHIN,
            local_name!("hidden") => Hints::HIDDEN,
            local_name!("aria-hidden") if value == "true" => Hints::HIDDEN,
            local_name!("style") if hides(value) => Hints::HIDDEN,
            local_name!("role") => role(value),
            local_name!("itemprop") => property(value),
            local_name!("rel") if tag == Tag::A && has_word(value, "nofollow") => Hints::NOFOLLOW,
            ref name if matches!(&**name, "data-testid" | "data-component" | "data-module") => {
                names(value, false)
            }
            _ => Hints::default(),
        };
        hints = hints.union(more);
    }
    hints
}

fn has_word(value: &str, word: &str) -> bool {
    value.split_ascii_whitespace().any(|w| w.eq_ignore_ascii_case(word))
}

fn hides(style: &str) -> bool {
    style.split(';').filter_map(|rule| rule.split_once(':')).any(|(name, value)| {
        let (name, value) = (name.trim(), value.trim().trim_end_matches("!important").trim());
        (name.eq_ignore_ascii_case("display") && value.eq_ignore_ascii_case("none"))
            || (name.eq_ignore_ascii_case("visibility") && value.eq_ignore_ascii_case("hidden"))
    })
}

fn role(value: &str) -> Hints {
    match value {
        "main" | "article" => Hints::MAIN,
        "tabpanel" => Hints::FOLDS,
        "navigation" | "banner" | "complementary" | "contentinfo" | "menu" | "menubar"
        | "search" | "dialog" | "alertdialog" | "toolbar" | "tablist" => Hints::AROUND,
        _ => Hints::default(),
    }
}

fn property(value: &str) -> Hints {
    match value {
        "articleBody" | "reviewBody" => Hints::TEXT,
        "author" | "datePublished" | "dateModified" | "publisher" | "keywords" => Hints::ABOUT,
        "caption" => Hints::CAPTION,
        "comment" => Hints::COMMENTS,
        _ => Hints::default(),
    }
}

/// Reads the names in a `class` or an `id`.
fn names(value: &str, class: bool) -> Hints {
    let mut hints = Hints::default();
    for name in value.split_ascii_whitespace().take(24) {
        // An id of many words is made of a heading.
        let slug = !class && name.bytes().filter(|byte| matches!(byte, b'-' | b'_')).count() > 3;
        if name.len() > 80 || slug {
            continue;
        }
        hints = hints.union(whole(name));
        let mut words = Words(name);
        let mut before = String::new();
        for word in &mut words {
            hints = hints.union(one(&before, &word));
            before = word;
        }
    }
    hints
}

/// What a name says as a whole, whatever joins its words.
fn whole(name: &str) -> Hints {
    let mut plain = [0u8; 32];
    let mut len = 0;
    for byte in name.bytes().filter(u8::is_ascii_alphanumeric) {
        let Some(place) = plain.get_mut(len) else { return Hints::default() };
        *place = byte.to_ascii_lowercase();
        len += 1;
    }
    match plain.get(..len).unwrap_or_default() {
        b"articlebody"
        | b"articletext"
        | b"articlecontent"
        | b"articlebodytext"
        | b"articlebodycontent"
        | b"articlebodycopy"
        | b"articlecopy"
        | b"articlefulltext"
        | b"entrycontent"
        | b"entrybody"
        | b"entrytext"
        | b"postcontent"
        | b"postbody"
        | b"posttext"
        | b"postentry"
        | b"postbodycopy"
        | b"storybody"
        | b"storytext"
        | b"storycontent"
        | b"storybodytext"
        | b"storycopy"
        | b"bodycopy"
        | b"bodytext"
        | b"fieldbody"
        | b"fieldnamebody"
        | b"newsbody"
        | b"newstext"
        | b"newscontent"
        | b"blogcontent"
        | b"blogbody"
        | b"tdpostcontent"
        | b"singlecontent"
        | b"fulltext"
        | b"contentbody"
        | b"contenttext"
        | b"textcontent"
        | b"mainarticle"
        | b"markdownbody"
        | b"mwparseroutput"
        | b"rstcontent"
        | b"mwcontenttext"
        | b"themecontent"
        | b"postarticle"
        | b"articlesection" => Hints::TEXT,
        b"content" | b"main" | b"maincontent" | b"contentmain" | b"pagecontent" | b"primary"
        | b"article" | b"story" | b"post" | b"entry" | b"singlepost" | b"hentry"
        | b"documentation" | b"contentarea" | b"blogpost" => Hints::MAIN,
        b"hidden" | b"hide" | b"ishidden" | b"visuallyhidden" | b"sronly" | b"screenreadertext"
        | b"srtext" | b"noprint" | b"elementinvisible" | b"displaynone" => Hints::HIDDEN,
        b"readmore" | b"readnext" | b"morestories" | b"morenews" | b"seealso" | b"alsoread"
        | b"youmayalsolike" | b"mostread" | b"mostpopular" => Hints::ELSEWHERE,
        _ => Hints::default(),
    }
}

/// What one word of a name says, after the word before it.
fn one(before: &str, word: &str) -> Hints {
    const AROUND: &[&str] = &[
        "addthis",
        "advert",
        "adsby",
        "cookie",
        "crumb",
        "footer",
        "gdpr",
        "mailchimp",
        "nav",
        "paywall",
        "popup",
        "promo",
        "share",
        "sharing",
        "signup",
        "social",
        "sponsor",
        "subscri",
        "toolbar",
    ];
    const ELSEWHERE: &[&str] = &[
        "breadcrumb",
        "newsletter",
        "outbrain",
        "recirc",
        "recommend",
        "related",
        "sidebar",
        "taboola",
        "trending",
        "trendmd",
        "zergnet",
    ];
    match word {
        "ad" | "ads" | "banner" | "consent" | "menu" | "submenu" | "modal" | "overlay"
        | "pagination" | "pager" | "popular" | "login" | "skip" | "sociable" | "copyright"
        | "toc" | "carousel" | "slider" | "feedback" | "permission" | "donate" | "donation"
        | "upsell" | "disclaimer" => Hints::AROUND,
        "comment" | "comments" | "commentlist" | "disqus" | "respond" | "reply" | "replies"
        | "commenting" => Hints::COMMENTS,
        "byline" | "author" | "authors" | "bio" | "tags" | "taglist" | "meta" | "metadata"
        | "timestamp" | "dateline" | "postmeta" | "rating" | "ratings" | "pubdate" | "date"
        | "published" => Hints::ABOUT,
        "caption" | "captions" | "credit" | "credits" | "legend" => Hints::CAPTION,
        "teaser" | "teasers" => Hints::TEASER,
        "accordion" | "accordeon" | "answer" | "collapse" | "collapsible" | "disclosure"
        | "expander" | "faq" | "faqs" | "question" | "tabpanel" => Hints::FOLDS,
        "lead" | "leader" | "lede" | "intro" | "standfirst" | "excerpt" | "dek" | "subtitle"
        | "subhead" | "subheadline" | "epigraph" | "abstract" | "summary" | "vorspann"
        | "chapo" | "lid" | "bajada" | "occhiello" => Hints::LEAD,
        // A page builder's elements are all widgets.
        "widget" | "widgets" if matches!(before, "" | "sidebar" | "footer" | "text") => {
            Hints::AROUND
        }
        "list" if before == "tag" => Hints::ABOUT,
        _ if ELSEWHERE.iter().any(|start| word.starts_with(start)) => Hints::ELSEWHERE,
        _ if AROUND.iter().any(|start| word.starts_with(start)) => Hints::AROUND,
        _ => Hints::default(),
    }
}

/// The words of a name, in lower case: `relatedArticles`, `related-articles` and
/// `related__articles` have the same two.
struct Words<'a>(&'a str);

impl Iterator for Words<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let rest = self.0.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
        let mut end = rest.len();
        let bytes = rest.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            let turns = byte.is_ascii_uppercase() && at > 0 && bytes[at - 1].is_ascii_lowercase();
            if !byte.is_ascii_alphabetic() || turns {
                end = at;
                break;
            }
        }
        let (word, rest) = rest.split_at(end);
        self.0 = rest;
        (!word.is_empty()).then(|| word.to_ascii_lowercase())
    }
}
