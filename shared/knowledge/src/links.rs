//! Which of a page's links are worth a look: one address for each page, and those first that are
//! likely to be another page.

use std::collections::HashSet;

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

/// The links of the page at `url`, which says that it is at `canonical`: each page once, those
/// without a query first, since variants of a list are many and its pages few.
pub(crate) fn distinct(url: &Url, canonical: Option<&Url>, links: Vec<Url>) -> Vec<Url> {
    let mut seen = HashSet::new();
    let variant = |link: &Url| {
        let same =
            |one: &Url, other: &Url| one.origin() == other.origin() && one.path() == other.path();
        canonical.is_some_and(|canonical| {
            canonical.query().is_none() && same(canonical, url) && same(link, url)
        })
    };
    let links = links.into_iter().map(without_tracking).filter(|link| !variant(link));
    let links: Vec<Url> = links.filter(|link| seen.insert(link.clone())).collect();
    let (plain, queried): (Vec<Url>, Vec<Url>) =
        links.into_iter().partition(|link| link.query().is_none());
    plain.into_iter().chain(queried).collect()
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
    fn variants_come_last_or_not_at_all() {
        let at = |path: &str| Url::parse("https://example.com").unwrap().join(path).unwrap();
        let links =
            ["/list?page=2", "/one?utm_source=x", "/one", "/list?sort=a", "/two?id=3&gclid=9"];
        let found = |canonical: Option<&str>| -> Vec<String> {
            let canonical = canonical.map(at);
            let links = links.iter().map(|link| at(link)).collect();
            let found = distinct(&at("/list"), canonical.as_ref(), links);
            found
                .iter()
                .map(|link| link.as_str()["https://example.com".len()..].to_owned())
                .collect()
        };
        assert_eq!(found(None), ["/one", "/list?page=2", "/list?sort=a", "/two?id=3"]);
        assert_eq!(found(Some("/list")), ["/one", "/two?id=3"]);
        assert_eq!(found(Some("/")).len(), 4);
    }
}
