//! Sitemaps (sitemaps.org): lists of a site's pages and indexes of such lists, as XML or text,
//! packed or not; and feeds, which list pages too. What is slightly broken is read as far as it can
//! be.

use std::{io::Read, time::Duration};

use flate2::read::GzDecoder;
use outbound::{Client, FetchLimits};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use url::Url;

use crate::{charset, links};

/// Bounds on one file, as it comes.
const LIMITS: FetchLimits =
    FetchLimits { time: Duration::from_secs(10), bytes: 5 * 1024 * 1024, redirects: 5 };
/// The largest file, unpacked.
const MAX_BYTES: u64 = 10 * 1024 * 1024;
/// Files read for one crawl at most, indexes included.
const MAX_FILES: usize = 20;
/// Pages taken of one file at most.
const MAX_PAGES: usize = 50_000;
/// Time for all of them.
const TIME: Duration = Duration::from_secs(30);

/// Pages that the sitemaps `first`, and those that they name, list and that are `wanted`: up to
/// `most`, in their order. Where those list nothing, `others` are tried. `feeds`, which list the newest
/// pages, come last. A file that is not there or can't be read lists nothing. A sitemap elsewhere than
/// on its own site says nothing about it and is not read.
pub(crate) async fn pages(
    client: &Client,
    [first, others, feeds]: [Vec<Url>; 3],
    most: usize,
    wanted: &(dyn Fn(&Url) -> bool + Sync),
) -> Vec<Url> {
    let mut found: Vec<Url> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let read = async {
        let mut files = first;
        let (mut others, mut feeds) = (others.into_iter(), feeds.into_iter());
        let mut next = 0;
        while next < MAX_FILES {
            if next == files.len() {
                let other = if found.is_empty() { others.next() } else { None };
                files.extend(other.or_else(|| feeds.next()));
            }
            let Some(file) = files.get(next).cloned() else { break };
            next += 1;
            let Ok(fetched) = client.get(&file, "application/xml,text/xml", LIMITS).await else {
                continue;
            };
            if fetched.status != 200 {
                continue;
            }
            let at = file.clone();
            // Parsing a large file takes a while; other pages go on meanwhile.
            let parsed = tokio::task::spawn_blocking(move || parse(fetched.body, &at)).await;
            let Ok(listed) = parsed else { continue };
            for index in listed.sitemaps.into_iter().filter(|at| at.origin() == file.origin()) {
                if files.len() < MAX_FILES && !files.contains(&index) {
                    files.push(index);
                }
            }
            for page in listed.pages {
                if found.len() < most
                    && links::is_short(&page)
                    && wanted(&page)
                    && seen.insert(page.clone())
                {
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

/// What a file lists.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    /// Pages.
    pub(crate) pages: Vec<Url>,
    /// Files that list more.
    pub(crate) sitemaps: Vec<Url>,
}

/// How many pages, and how many further files, a sitemap lists that came from `at`.
pub fn sitemap_links(body: Vec<u8>, at: &Url) -> (usize, usize) {
    let listed = parse(body, at);
    (listed.pages.len(), listed.sitemaps.len())
}

/// Reads a sitemap, an index of sitemaps, a feed, or a list of addresses line by line.
pub(crate) fn parse(body: Vec<u8>, at: &Url) -> Listed {
    let Some(bytes) = unpacked(body) else { return Listed::default() };
    let text = charset::decoded(&bytes, "text/xml", None);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let mut listed = Listed::default();
    if text.starts_with('<') {
        xml(text, at, &mut listed);
    } else {
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| line.starts_with("http")).take(MAX_PAGES) {
            listed.pages.extend(target(at, line));
        }
    }
    listed
}

/// Reads elements up to where they can't be read any more.
fn xml(text: &str, at: &Url, listed: &mut Listed) {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    (config.check_end_names, config.allow_dangling_amp) = (false, true);
    let mut list = List { at, listed, location: None, entry: None, is_index: false };
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => list.open(&tag),
            Ok(Event::Text(text)) => list.text(&text),
            Ok(Event::CData(text)) => list.text(&text),
            Ok(Event::GeneralRef(name)) => list.text(&format!("&{};", &*name)),
            Ok(Event::End(tag)) => {
                list.close(&tag.local_name().as_ref().to_ascii_lowercase());
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
        if list.listed.pages.len() >= MAX_PAGES || list.listed.sitemaps.len() >= MAX_PAGES {
            return;
        }
    }
}

/// A list as it is read.
struct List<'l> {
    at: &'l Url,
    listed: &'l mut Listed,
    /// The address that is being read.
    location: Option<String>,
    /// The prefix of the entry that is being read, which its own address has too.
    entry: Option<String>,
    is_index: bool,
}

impl List<'_> {
    fn open(&mut self, tag: &BytesStart<'_>) {
        let whole = tag.name().as_ref().to_ascii_lowercase();
        let (prefix, name) = whole.split_once(':').unwrap_or(("", &whole));
        match name {
            "url" | "item" | "entry" => {
                (self.entry, self.is_index) = (Some(prefix.to_owned()), false);
            }
            "sitemap" => (self.entry, self.is_index) = (Some(prefix.to_owned()), true),
            // A picture has an address too.
            "loc" if self.entry.as_deref().unwrap_or_default() != prefix => self.location = None,
            "loc" => self.location = Some(String::new()),
            "link" if self.entry.is_some() => self.link(tag),
            _ => {}
        }
    }

    /// A link of a feed: in an attribute, or as its text.
    fn link(&mut self, tag: &BytesStart<'_>) {
        let attribute = |name: &str| {
            tag.try_get_attribute(name).ok().flatten().map(|found| found.value.into_owned())
        };
        let leads = attribute("rel").is_none_or(|rel| rel == "alternate");
        match attribute("href") {
            Some(href) if leads => self.listed.pages.extend(target(self.at, &unescaped(&href))),
            Some(_) => {}
            None => self.location = Some(String::new()),
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(location) = &mut self.location {
            location.push_str(text);
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "loc" | "link" => {
                let said = self.location.take().map(|said| unescaped(&said));
                let target = said.and_then(|said| target(self.at, &said));
                match self.is_index {
                    true => self.listed.sitemaps.extend(target),
                    false => self.listed.pages.extend(target),
                }
            }
            "url" | "item" | "entry" | "sitemap" => self.entry = None,
            _ => {}
        }
    }
}

/// An address without its XML escapes; an ampersand that is none is left alone.
fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&apos;", "'").replace("&#38;", "&").replace("&#x26;", "&").replace("&amp;", "&")
}

fn target(at: &Url, location: &str) -> Option<Url> {
    let location = location.trim();
    let mut target = Some(location).filter(|at| !at.is_empty()).and_then(|to| at.join(to).ok())?;
    target.set_fragment(None);
    matches!(target.scheme(), "http" | "https").then_some(target)
}

/// The file itself, if it is gzip by its first bytes, within its bound.
fn unpacked(body: Vec<u8>) -> Option<Vec<u8>> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Some(body);
    }
    let mut bytes = Vec::new();
    GzDecoder::new(body.as_slice()).take(MAX_BYTES + 1).read_to_end(&mut bytes).ok()?;
    (u64::try_from(bytes.len()).unwrap_or(u64::MAX) <= MAX_BYTES).then_some(bytes)
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

    fn listed(body: &[u8]) -> Vec<String> {
        let at = Url::parse("https://example.com/sitemap.xml").unwrap();
        parse(body.to_vec(), &at).pages.into_iter().map(String::from).collect()
    }

    #[test]
    fn lists_and_indexes_packed_or_not() {
        let at = Url::parse("https://example.com/sitemap.xml").unwrap();
        for body in [PAGES.as_bytes().to_vec(), packed(PAGES.as_bytes())] {
            assert_eq!(listed(&body), ["https://example.com/a?x=1&y=2", "https://example.com/b"]);
        }
        let index = "<sitemapindex><sitemap><loc>/one.xml.gz</loc></sitemap></sitemapindex>";
        let listed = parse(index.as_bytes().to_vec(), &at);
        assert_eq!(listed.sitemaps[0].as_str(), "https://example.com/one.xml.gz");
    }

    #[test]
    fn a_broken_list_lists_what_can_be_read() {
        let one = ["https://example.com/one"];
        assert_eq!(listed(b"<urlset><url><loc>/one</loc></url><url><loc>/tw"), one);
        assert_eq!(listed(b"<urlset><url><loc>/one</loc></url></wrong>"), one);
        assert_eq!(listed(b"<!DOCTYPE urlset><urlset><url><loc>/one</loc></url></urlset>"), one);
        let raw = b"<urlset><url><loc>/s?a=1&b=2</loc></url></urlset>";
        assert_eq!(listed(raw), ["https://example.com/s?a=1&b=2"]);
        assert_eq!(listed(b"https://example.com/one\nnot an address\n"), one);
        let image = b"<urlset xmlns:i='x'><url><loc>/one</loc><i:image><i:loc>/a.png</i:loc></i:image></url></urlset>";
        assert_eq!(listed(image), one);
        let upper =
            b"\n<?xml version='1.0'?><!-- by hand --><URLSET><URL><LOC>/one</LOC></URL></URLSET>";
        assert_eq!(listed(upper), one);
        let prefixed = b"<s:urlset xmlns:s='x'><s:url><s:loc>/one</s:loc><i:image><i:loc>/a.png</i:loc></i:image></s:url></s:urlset>";
        assert_eq!(listed(prefixed), one);
        let wide = "\u{feff}<urlset><url><loc>/one</loc></url></urlset>".encode_utf16();
        let wide: Vec<u8> = wide.flat_map(u16::to_le_bytes).collect();
        assert_eq!(listed(&wide), one);
    }

    #[test]
    fn feeds_list_their_entries() {
        let rss = "<rss><channel><link>https://example.com/</link><item><title>T</title>\
                   <link>https://example.com/one</link></item></channel></rss>";
        assert_eq!(listed(rss.as_bytes()), ["https://example.com/one"]);
        let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><link href='/'/><entry>\
                    <link rel='edit' href='/edit'/><link href='/one'/></entry></feed>";
        assert_eq!(listed(atom.as_bytes()), ["https://example.com/one"]);
    }

    #[test]
    fn what_is_broken_or_too_large_lists_nothing() {
        let bomb = packed(&vec![b' '; 11 * 1024 * 1024]);
        let entities = "<!DOCTYPE a [<!ENTITY x 'y'>]><urlset><url><loc></loc></url></urlset>";
        for body in
            [&b"<urlset><url>"[..], b"not here", &[0x1f, 0x8b, 1], &bomb, entities.as_bytes()]
        {
            assert!(listed(body).is_empty());
        }
    }
}
