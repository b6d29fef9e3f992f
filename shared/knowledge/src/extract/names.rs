//! What class names and ids say: they are words that page authors choose, and they choose alike.

use super::attributes::Hints;

/// Reads a `class`.
pub(super) fn classes(value: &str) -> Hints {
    let hints = names(value, true);
    // A style sheet shows it on all but small screens.
    match hints.any(Hints::HIDDEN) && value.split_ascii_whitespace().any(shows_again) {
        true => hints.without(Hints::HIDDEN),
        false => hints,
    }
}

/// Reads an `id`.
pub(super) fn id(value: &str) -> Hints {
    names(value, false)
}

fn names(value: &str, class: bool) -> Hints {
    let mut hints = Hints::default();
    for name in value.split_ascii_whitespace().take(24) {
        // An id of many words is made of a heading.
        let slug = !class && name.bytes().filter(|byte| matches!(byte, b'-' | b'_')).count() > 3;
        if name.len() > 80 || slug {
            continue;
        }
        hints = hints.union(whole(name, class));
        if class && is_spoken_of_a_system(name) {
            hints = hints.union(Hints::SPOKEN);
        }
        let mut before = String::new();
        for word in &mut Words(name) {
            hints = hints.union(one(&before, &word)).union(broad(&before, &word));
            before = word;
        }
    }
    hints
}

/// Whether a class hides from sight by the name of a system of design before it: `govuk-visually-hidden`,
/// `usa-sr-only`. Others undo that, or hold from some width of the screen on.
fn is_spoken_of_a_system(name: &str) -> bool {
    let system = ["-visually-hidden", "-sr-only"].iter().find_map(|end| name.strip_suffix(end));
    system.is_some_and(|system| {
        let words = || system.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        words() && !system.split('-').any(|word| matches!(word, "not" | "un"))
    })
}

/// Whether a class shows, from some width of the screen on, what another one hides: `md:block`,
/// `d-lg-flex`, `show-for-medium`.
fn shows_again(name: &str) -> bool {
    const SHOWN: &[&str] = &["block", "flex", "grid", "inline", "table", "contents", "visible"];
    let shown = |name: &str| SHOWN.iter().any(|start| name.starts_with(start));
    if let Some((variant, display)) = name.rsplit_once(':') {
        return shown(display) && variant != "print";
    }
    if let Some((_, display)) = name.strip_prefix("d-").and_then(|rest| rest.split_once('-')) {
        return shown(display);
    }
    ["show-for", "visible-", "show-on", "show-at"].iter().any(|start| name.starts_with(start))
}

/// What a name says as a whole, whatever joins its words.
fn whole(name: &str, class: bool) -> Hints {
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
        b"hidden"
        | b"hide"
        | b"ishidden"
        | b"dnone"
        | b"displaynone"
        | b"uhidden"
        | b"dishidden"
        | b"ukhidden"
        | b"ishiddendesktop"
        | b"msocommentreference"
            if class =>
        {
            Hints::HIDDEN
        }
        b"visuallyhidden"
        | b"sronly"
        | b"screenreadertext"
        | b"srtext"
        | b"elementinvisible"
        | b"visibilityhidden"
        | b"a11yhidden"
        | b"screenreaderonly"
        | b"visuallyhiddeninline"
        | b"assistivetext"
        | b"uvisuallyhidden" => Hints::SPOKEN,
        b"readmore" | b"readnext" | b"morestories" | b"morenews" | b"seealso" | b"alsoread"
        | b"youmayalsolike" | b"mostread" | b"mostpopular" | b"nextprev" | b"prevnext"
        | b"previousnext" | b"nextprevious" | b"postnavigation" | b"postnav"
        | b"articlenavigation" => Hints::ELSEWHERE,
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
    /// Words that begin like one of those and are none.
    const OTHERS: &[&str] = &["shareholder", "navy", "naval", "socialis", "relatedness"];
    match word {
        "ad" | "ads" | "banner" | "consent" | "menu" | "submenu" | "modal" | "overlay"
        | "pagination" | "pager" | "popular" | "login" | "skip" | "sociable" | "copyright"
        | "toc" | "carousel" | "slider" | "feedback" | "permission" | "donate" | "donation"
        | "upsell" | "disclaimer" | "cta" => Hints::AROUND,
        // What is shown on paper alone.
        "header" | "footer" | "only" | "logo" if before == "print" => Hints::AROUND,
        "comment" | "comments" | "commentlist" | "disqus" | "respond" | "reply" | "replies"
        | "commenting" => Hints::COMMENTS,
        "byline" | "author" | "authors" | "bio" | "tags" | "taglist" | "meta" | "metadata"
        | "timestamp" | "dateline" | "postmeta" | "rating" | "ratings" | "pubdate" | "date"
        | "published" => Hints::ABOUT,
        "caption" | "captions" | "credit" | "credits" | "legend" => Hints::CAPTION,
        "teaser" | "teasers" => Hints::TEASER,
        "accordion" | "accordeon" | "answer" | "answers" | "collapse" | "collapsible"
        | "disclosure" | "expander" | "expandable" | "faq" | "faqs" | "question" | "tabpanel"
        | "toggle" | "spoiler" => Hints::FOLDS,
        "lead" | "leader" | "lede" | "intro" | "standfirst" | "excerpt" | "dek" | "subtitle"
        | "subhead" | "subheadline" | "epigraph" | "abstract" | "summary" | "vorspann"
        | "chapo" | "lid" | "bajada" | "occhiello" => Hints::LEAD,
        // A page builder's elements are all widgets.
        "widget" | "widgets" if matches!(before, "" | "sidebar" | "footer" | "text") => {
            Hints::AROUND
        }
        "list" if before == "tag" => Hints::ABOUT,
        _ if OTHERS.iter().any(|start| word.starts_with(start)) => Hints::default(),
        _ if ELSEWHERE.iter().any(|start| word.starts_with(start)) => Hints::ELSEWHERE,
        _ if AROUND.iter().any(|start| word.starts_with(start)) => Hints::AROUND,
        _ => Hints::default(),
    }
}

/// What one word of a name says on a page that is no article, where what it is called is only half
/// of the evidence.
fn broad(before: &str, word: &str) -> Hints {
    const NOTICES: &[&str] = &[
        "accept",
        "alert",
        "banner",
        "bar",
        "box",
        "compliance",
        "consent",
        "control",
        "dialog",
        "disclaimer",
        "hint",
        "hinweis",
        "info",
        "law",
        "layer",
        "message",
        "modal",
        "notice",
        "notification",
        "overlay",
        "policy",
        "popup",
        "preferences",
        "prompt",
        "settings",
        "wall",
        "warning",
        "wrapper",
    ];
    match word {
        "consent" | "gdpr" | "onetrust" | "cookiebot" | "cookieconsent" | "cookiebanner"
        | "cookienotice" | "cookiebar" | "usercentrics" | "iubenda" | "cky" | "borlabs"
        | "complianz" | "cmplz" | "didomi" | "klaro" | "truste" | "cybot" | "osano"
        | "tarteaucitron" | "cookieyes" | "cookiefirst" | "termly" | "axeptio" | "cookielaw"
        | "cookieinfo" | "eupopup" | "moove" => Hints::NOTICE,
        "window" | "banner" | "message" | "revoke" | "floating" if before == "cc" => Hints::NOTICE,
        _ if matches!(before, "cookie" | "cookies") && NOTICES.contains(&word) => Hints::NOTICE,
        "breadcrumb" | "breadcrumbs" | "crumb" | "crumbs" | "pagination" | "pager"
        | "paginator" | "skip" | "skiplink" | "prevnext" | "backtotop" | "editsection"
        | "catlinks" => Hints::WAYS,
        "newsletter" | "signup" | "signin" | "login" | "logon" | "subscribe" | "optin"
        | "register" | "search" | "searchform" | "searchbox" => Hints::SIGN_UP,
        "share" | "shares" | "sharing" | "sharebar" | "sharebuttons" | "social" | "socials"
        | "sociable" | "addthis" | "addtoany" | "sharethis" | "sharedaddy" => Hints::SHARE,
        "nav" | "navbar" | "navigation" | "menu" | "submenu" | "megamenu" | "sidebar"
        | "sidenav" | "toc" | "topbar" | "offcanvas" | "toolbar" | "footer" | "subnav"
        | "topnav" | "languages" | "sitemap" => Hints::MENU,
        "contents" if before == "of" => Hints::MENU,
        "modal" | "popup" | "overlay" | "lightbox" | "drawer" | "cart" | "minicart" | "basket"
        | "dialog" | "tooltip" | "dropdown" | "toast" | "snackbar" | "flyout" => Hints::OVERLAY,
        "ad" | "ads" | "advert" | "advertisement" | "adsbygoogle" | "adslot" | "sponsored"
        | "sponsor" | "outbrain" | "taboola" => Hints::ADVERT,
        "vote" | "votes" | "votecell" | "votecount" | "upvote" | "upvotes" | "downvote"
        | "like" | "likes" | "reactions" | "kudos" | "claps" => Hints::VOTES,
        "admonition" | "callout" | "note" | "caution" | "tip" | "warning" | "hint"
        | "important" => Hints::REMARK,
        "tablist" | "tabs" => Hints::TABS,
        "labels" if before == "tabbed" => Hints::TABS,
        "panel" | "pane" | "block" if matches!(before, "tab" | "tabs" | "tabbed") => Hints::PANEL,
        "tabpanel" | "tabpane" => Hints::PANEL,
        "through" if before == "line" => Hints::OLD_PRICE,
        "linethrough" | "strikethrough" | "oldprice" => Hints::OLD_PRICE,
        "price"
            if matches!(before, "old" | "was" | "compare" | "previous" | "former" | "original") =>
        {
            Hints::OLD_PRICE
        }
        "old" | "was" | "compare" | "previous" | "original" | "before" if before == "price" => {
            Hints::OLD_PRICE
        }
        "strike" | "struck" | "crossed" => Hints::OLD_PRICE,
        "price" | "prices" | "pricing" | "amount" => Hints::PRICE,
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
