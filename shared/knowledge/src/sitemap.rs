//! Sitemaps (sitemaps.org): lists of a site's pages and indexes of such lists, packed or not.

use std::{io::Read, time::Duration};

use flate2::read::GzDecoder;
use outbound::{Client, Limits};
use url::Url;

/// Bounds on one file, as it comes.
const LIMITS: Limits =
    Limits { time: Duration::from_secs(10), bytes: 5 * 1024 * 1024, redirects: 5 };
/// The largest file, unpacked.
const MOST_BYTES: u64 = 10 * 1024 * 1024;
/// Files read for one crawl at the most, indexes included.
const MOST_FILES: usize = 10;
/// Time for all of them.
const TIME: Duration = Duration::from_secs(30);

/// Pages that the sitemaps `first`, and those that they name, list and that are `wanted`: up to
/// `most`, in their order. A file that is not there or can't be read lists nothing. A sitemap
/// elsewhere than on its own site says nothing about it and is not read.
pub(crate) async fn pages(
    client: &Client,
    first: Vec<Url>,
    most: usize,
    wanted: &(dyn Fn(&Url) -> bool + Sync),
) -> Vec<Url> {
    let mut found: Vec<Url> = Vec::new();
    let read = async {
        let mut files = first;
        let mut next = 0;
        while let Some(file) = files.get(next).filter(|_| next < MOST_FILES).cloned() {
            next += 1;
            let Ok(fetched) = client.get(&file, "application/xml,text/xml", LIMITS).await else {
                continue;
            };
            if fetched.status != 200 {
                continue;
            }
            let listed = parse(fetched.body, &file);
            for index in listed.sitemaps.into_iter().filter(|at| at.origin() == file.origin()) {
                if files.len() < MOST_FILES && !files.contains(&index) {
                    files.push(index);
                }
            }
            for page in listed.pages {
                if found.len() < most && wanted(&page) && !found.contains(&page) {
                    found.push(page);
                }
            }
            if found.len() >= most {
                return;
            }
        }
    };
    if tokio::time::timeout(TIME, read).await.is_err() {
        tracing::info!("sitemaps took too long; what they had listed by then is used");
    }
    found
}

#[derive(Debug, Default)]
struct Listed {
    pages: Vec<Url>,
    sitemaps: Vec<Url>,
}

fn parse(body: Vec<u8>, at: &Url) -> Listed {
    let text = match unpacked(body) {
        Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        None => return Listed::default(),
    };
    let Ok(xml) = roxmltree::Document::parse(text.trim_start_matches('\u{feff}').trim_start())
    else {
        return Listed::default();
    };
    let mut listed = Listed::default();
    for entry in xml.root_element().children() {
        let location = entry.children().find(|child| child.tag_name().name() == "loc");
        let target = location.and_then(|location| at.join(location.text()?.trim()).ok());
        let Some(mut target) = target.filter(|at| matches!(at.scheme(), "http" | "https")) else {
            continue;
        };
        target.set_fragment(None);
        match entry.tag_name().name() {
            "url" => listed.pages.push(target),
            "sitemap" => listed.sitemaps.push(target),
            _ => {}
        }
    }
    listed
}

/// The file itself, if it is gzip by its first bytes, within its bound.
fn unpacked(body: Vec<u8>) -> Option<Vec<u8>> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Some(body);
    }
    let mut bytes = Vec::new();
    GzDecoder::new(body.as_slice()).take(MOST_BYTES + 1).read_to_end(&mut bytes).ok()?;
    (u64::try_from(bytes.len()).unwrap_or(u64::MAX) <= MOST_BYTES).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    const PAGES: &str = "<?xml version='1.0'?>\n\
        <urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\
        <url><loc> https://example.com/a?x=1&amp;y=2 </loc><lastmod>2026-01-01</lastmod></url>\
        <url><loc>/b#top</loc></url><url><loc>mailto:a@example.com</loc></url><url/></urlset>";

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn lists_and_indexes_packed_or_not() {
        let at = Url::parse("https://example.com/sitemap.xml").unwrap();
        for body in [PAGES.as_bytes().to_vec(), packed(PAGES.as_bytes())] {
            let listed = parse(body, &at);
            let pages: Vec<_> = listed.pages.iter().map(Url::as_str).collect();
            assert_eq!(pages, ["https://example.com/a?x=1&y=2", "https://example.com/b"]);
        }
        let index = "<sitemapindex><sitemap><loc>/one.xml.gz</loc></sitemap></sitemapindex>";
        let listed = parse(index.as_bytes().to_vec(), &at);
        assert_eq!(listed.sitemaps[0].as_str(), "https://example.com/one.xml.gz");
    }

    #[test]
    fn what_is_broken_or_too_large_lists_nothing() {
        let at = Url::parse("https://example.com/sitemap.xml").unwrap();
        let bomb = packed(&vec![b' '; 11 * 1024 * 1024]);
        let entities = "<!DOCTYPE a [<!ENTITY x 'y'>]><urlset><url><loc>&x;</loc></url></urlset>";
        for body in
            [&b"<urlset><url>"[..], b"not here", &[0x1f, 0x8b, 1], &bomb, entities.as_bytes()]
        {
            assert!(parse(body.to_vec(), &at).pages.is_empty());
        }
    }
}
