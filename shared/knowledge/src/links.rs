//! Which of a page's links are worth a look: one address for each page, and those first that are
//! likely to be another page; and which of them are on the same site and below the same path.

use std::{borrow::Cow, collections::HashSet};

use domain::bounds::URL_LENGTH;
use url::Url;

/// Parameters that say where a reader comes from, and nothing of what is read.
const TRACKING: &[&str] = &[
    "fbclid",
    "gclid",
    "gbraid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "msclkid",
    "phpsessid",
    "jsessionid",
    "sessionid",
    "twclid",
    "wbraid",
    "yclid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "ref_src",
];

/// Parameters that say which part of a list is shown.
const PARTS: &[&str] = &[
    "page",
    "paged",
    "pagenum",
    "pageno",
    "pagenumber",
    "pg",
    "p",
    "pn",
    "seite",
    "pagina",
    "página",
    "strona",
    "sida",
    "side",
    "sayfa",
    "stranka",
    "offset",
    "start",
    "skip",
    "from",
    "cursor",
    "after",
];
/// The longest value of such a parameter, in bytes: the number of a page or an opaque cursor.
const MAX_PART: usize = 100;

/// The links of the page at `url`, which says that it is at `canonical`: each page once, those
/// without a query first, since variants of a list are many and its pages few. Of the variants of a
/// list that has an address without a query, only its further parts are pages: those that `next` names,
/// those whose query has nothing else than the number of a part, and its `twins` in other languages.
pub(crate) fn distinct(
    url: &Url,
    canonical: Option<&Url>,
    next: Option<&Url>,
    twins: &[Url],
    links: Vec<Url>,
) -> Vec<Url> {
    let mut seen = HashSet::new();
    let in_form = |link: &Url| normalized(without_tracking(link.clone()));
    let twins: Vec<Url> = twins.iter().map(in_form).collect();
    let variant = |link: &Url| {
        let same =
            |one: &Url, other: &Url| one.origin() == other.origin() && one.path() == other.path();
        canonical.is_some_and(|canonical| {
            let part = is_part(link) || next == Some(link) || twins.contains(link);
            canonical.query().is_none() && same(canonical, url) && same(link, url) && !part
        })
    };
    let links = links
        .into_iter()
        .map(without_tracking)
        .map(normalized)
        .filter(|link| is_short(link) && !variant(link));
    let links: Vec<Url> = links.filter(|link| seen.insert(link.clone())).collect();
    let (plain, queried): (Vec<Url>, Vec<Url>) =
        links.into_iter().partition(|link| link.query().is_none());
    plain.into_iter().chain(queried).collect()
}

/// Whether the query of an address only says which part of a list it has.
fn is_part(link: &Url) -> bool {
    let mut pairs = link.query_pairs();
    let is_part = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
        let name = name.to_lowercase();
        let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
        PARTS.contains(&name.as_str()) && (1..=MAX_PART).contains(&value.len())
    };
    pairs.next().is_some_and(is_part) && pairs.next().is_none()
}

/// Whether an address is one that a page may have: it is stored with the page, with each of its
/// passages and with each answer from them.
pub(crate) fn is_short(url: &Url) -> bool {
    url.as_str().len() <= URL_LENGTH
}

/// Whether two addresses are of one site: the same host, with `www.` or without, and port.
pub fn is_same_site(one: &Url, other: &Url) -> bool {
    let host = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    };
    host(one) == host(other) && one.port_or_known_default() == other.port_or_known_default()
}

/// Whether `link` is at the path of `start` or below it. A path that ends in the name of a page
/// means the folder that it is in, and so does that of a feed.
pub fn is_below(start: &Url, link: &Url) -> bool {
    const PAGES: &[&str] = &[
        "html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp", "cfm", "cgi", "md", "txt",
        "pdf", "xml", "rss", "atom", "gz",
    ];
    const FEEDS: &[&str] = &["feed", "rss", "atom"];
    let (start, link) = (percent_upper(start.path()), percent_upper(link.path()));
    let path = start.trim_end_matches('/');
    let (folder, last) = path.rsplit_once('/').unwrap_or(("", path));
    let ending = last.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let is_page = ending.is_some_and(|ending| PAGES.contains(&ending.as_str()));
    let is_feed = FEEDS.contains(&last.to_ascii_lowercase().as_str());
    let below = if (is_page && !start.ends_with('/')) || is_feed { folder } else { path };
    link == start || link.strip_prefix(below).is_some_and(|rest| rest.starts_with('/'))
}

/// The address with its escapes spelled in one way.
fn normalized(mut link: Url) -> Url {
    let path = percent_upper(link.path());
    if path != link.path() {
        link.set_path(&path);
    }
    link
}

/// A path whose escapes have capital letters, as RFC 3986 prefers them.
fn percent_upper(path: &str) -> String {
    let mut upper = 0;
    path.chars()
        .map(|c| {
            let escaped = upper > 0;
            upper = if c == '%' { 2 } else { upper - i32::from(escaped) };
            if escaped { c.to_ascii_uppercase() } else { c }
        })
        .collect()
}

/// The address without what only says where its reader comes from.
fn without_tracking(mut link: Url) -> Url {
    let tracks = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("utm_") || TRACKING.contains(&name.as_str())
    };
    if let Some(query) = link.query() {
        let name = |pair: &&str| !tracks(pair.split('=').next().unwrap_or_default());
        let kept: Vec<&str> = query.split('&').filter(name).collect();
        if kept.len() < query.split('&').count() {
            let kept = Some(kept.join("&")).filter(|kept| !kept.is_empty());
            link.set_query(kept.as_deref());
        }
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_no_page_whatever_its_name_has() {
        let at = |path: &str| Url::parse("https://example.com").unwrap().join(path).unwrap();
        let below = |start: &str, link: &str| is_below(&at(start), &at(link));
        assert!(
            below("/manual/5.x", "/manual/5.x/setup") && !below("/manual/5.x", "/manual/4.x/a")
        );
        assert!(below("/a/index.php", "/a/b") && !below("/a/index.php", "/b"));
        assert!(below("/news/rss", "/news/one") && below("/rss.xml", "/one"));
        assert!(below("/caf%c3%a9", "/caf%C3%A9/menu") && !below("/a", "/ab"));
        let one = distinct(&at("/"), None, None, &[], vec![at("/%e3%81%82"), at("/%E3%81%82")]);
        assert_eq!(one.len(), 1);
        assert!(is_same_site(&at("/"), &Url::parse("https://www.example.com/x").unwrap()));
        assert!(!is_same_site(&at("/"), &Url::parse("https://docs.example.com/").unwrap()));
    }

    #[test]
    fn variants_come_last_or_not_at_all() {
        let at = |path: &str| Url::parse("https://example.com").unwrap().join(path).unwrap();
        let links = [
            "/list?page=2",
            "/list?page=2&sort=a",
            "/one?utm_source=x",
            "/one",
            "/list?sort=a",
            "/list?view=3f",
            "/two?id=3&gclid=9",
            "/list?lang=de",
        ];
        let found = |canonical: Option<&str>| -> Vec<String> {
            let canonical = canonical.map(at);
            let links = links.iter().map(|link| at(link)).collect();
            let next = at("/list?view=3f");
            let twins = [at("/list?lang=de&utm_source=x")];
            let found = distinct(&at("/list"), canonical.as_ref(), Some(&next), &twins, links);
            found
                .iter()
                .map(|link| link.as_str()["https://example.com".len()..].to_owned())
                .collect()
        };
        assert_eq!(found(None).len(), 7);
        assert_eq!(found(None)[..2], ["/one", "/list?page=2"]);
        let parts = ["/one", "/list?page=2", "/list?view=3f", "/two?id=3", "/list?lang=de"];
        let why =
            "further parts of a list are no variants of it, and neither is it in another language";
        assert_eq!(found(Some("/list")), parts, "{why}");
        assert_eq!(found(Some("/")).len(), 7);
    }
}
