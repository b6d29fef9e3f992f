//! What a page says of itself apart from its text: `meta` and `link` elements, structured data.

use html5ever::tendril::StrTendril;

use super::tree_sink::Raw;

/// Such elements read of one page at most.
const MAX_ITEMS: usize = 500;
/// Bytes of structured data read of one page at most.
const MAX_DATA: usize = 512 * 1024;

/// Sitemaps that one page names at most, and feeds.
const MAX_LISTS: usize = 5;
/// Pages in other languages that one page names at most.
const MAX_TWINS: usize = 100;
/// How deep frames are nested at most.
const MAX_FRAMES: usize = 8;
/// What a script that does nothing but send readers on is not longer than, in bytes.
const MAX_SENDING: usize = 300;

/// What a page says of itself.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// `meta` elements: what they are called, in lower case, and their content.
    metas: Vec<(String, StrTendril)>,
    /// Where the page says that it is.
    pub(super) canonical: Option<StrTendril>,
    /// Where it sends its readers.
    pub(super) refresh: Option<StrTendril>,
    /// Where a script that does nothing else sends its readers.
    pub(super) script_target: Option<String>,
    /// Sitemaps that it names.
    pub(super) sitemaps: Vec<StrTendril>,
    /// Feeds of its site that it names.
    pub(super) feeds: Vec<StrTendril>,
    /// Where it is in other languages (`hreflang`).
    pub(super) twins: Vec<StrTendril>,
    /// The part of a list that comes after it.
    pub(super) next: Option<StrTendril>,
    /// Where areas of pictures and frames lead.
    pub(super) links: Vec<StrTendril>,
    /// Its JSON-LD.
    pub(super) json_ld: Vec<StrTendril>,
    /// How many scripts it has.
    pub(super) scripts: usize,
}

/// Where a script sends readers that does nothing else: no condition, no function, one address.
fn script_target(script: &str) -> Option<String> {
    const OF: &[&str] = &["", "window.", "document.", "self.", "top.", "window.top.", "parent."];
    let script = script.trim().trim_start_matches("<!--").trim_end_matches("-->").trim();
    let (of, rest) = script.split_once("location").filter(|_| script.len() <= MAX_SENDING)?;
    if !OF.contains(&of) {
        return None;
    }
    let rest = ["replace", "assign", "href"]
        .iter()
        .find_map(|name| rest.strip_prefix('.')?.strip_prefix(name))
        .unwrap_or(rest)
        .trim_start();
    let rest = rest.strip_prefix(['=', '('])?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let (target, behind) = rest.get(1..)?.split_once(quote)?;
    let ends = behind.trim_matches(|c: char| c.is_whitespace() || matches!(c, ')' | ';'));
    (ends.is_empty() && !target.contains("${")).then(|| target.to_owned())
}

impl Head {
    /// Takes in an element that holds no text to read.
    pub(super) fn read(&mut self, raw: &[Raw], id: usize, for_scriptless: bool) {
        let Some(node) = raw.get(id) else { return };
        let attribute = |name: &str| {
            node.attributes.iter().find(|(of, _)| &**of == name).map(|(_, value)| value)
        };
        match &*node.name.local {
            "script" => {
                self.scripts += 1;
                let kind = attribute("type").map(|kind| kind.trim().to_ascii_lowercase());
                if kind.as_deref() == Some("application/ld+json") {
                    self.data(raw, id);
                } else if self.script_target.is_none() && !for_scriptless {
                    let text = raw[id].first.and_then(|text| raw.get(text));
                    self.script_target = text.and_then(|text| script_target(&text.text));
                }
            }
            "link" => {
                let rel = |of: &str| {
                    attribute("rel").is_some_and(|rel| {
                        rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(of))
                    })
                };
                let Some(href) = attribute("href") else { return };
                if self.canonical.is_none() && rel("canonical") {
                    self.canonical = Some(href.clone());
                } else if self.sitemaps.len() < MAX_LISTS && rel("sitemap") {
                    self.sitemaps.push(href.clone());
                } else if rel("alternate") {
                    let is_feed = |kind: &StrTendril| {
                        let kind = kind.split(';').next().unwrap_or_default().trim();
                        let is = |of: &str| kind.eq_ignore_ascii_case(of);
                        is("application/rss+xml") || is("application/atom+xml")
                    };
                    let is_feed = attribute("type").is_some_and(is_feed);
                    if is_feed && self.feeds.len() < MAX_LISTS {
                        self.feeds.push(href.clone());
                    } else if !is_feed && attribute("hreflang").is_some() {
                        self.twins.extend((self.twins.len() < MAX_TWINS).then(|| href.clone()));
                    }
                } else if self.next.is_none() && rel("next") {
                    self.next = Some(href.clone());
                }
            }
            "map" | "frameset" => self.lead_on(raw, id, 0),
            "frame" | "iframe" => self.link(attribute("src")),
            "area" => self.link(attribute("href")),
            "meta" => {
                let Some(content) = attribute("content") else { return };
                let equiv = attribute("http-equiv").map(|equiv| equiv.to_ascii_lowercase());
                if equiv.as_deref() == Some("refresh") && !for_scriptless {
                    self.refresh.get_or_insert_with(|| content.clone());
                }
                let name = attribute("name").or_else(|| attribute("property"));
                if let Some(name) = name.filter(|_| self.metas.len() < MAX_ITEMS) {
                    self.metas.push((name.trim().to_ascii_lowercase(), content.clone()));
                }
            }
            _ => {}
        }
    }

    fn link(&mut self, to: Option<&StrTendril>) {
        if self.links.len() < MAX_ITEMS {
            self.links.extend(to.cloned());
        }
    }

    /// Takes in what is in a map or a set of frames.
    fn lead_on(&mut self, raw: &[Raw], id: usize, depth: usize) {
        let mut child = raw.get(id).and_then(|node| node.first);
        while let Some(node) = child.and_then(|id| raw.get(id)).filter(|_| depth < MAX_FRAMES) {
            let attribute = |name: &str| {
                node.attributes.iter().find(|(of, _)| &**of == name).map(|(_, value)| value)
            };
            match &*node.name.local {
                "area" => self.link(attribute("href")),
                "frame" => self.link(attribute("src")),
                _ => {}
            }
            if let Some(id) = child {
                self.lead_on(raw, id, depth + 1);
            }
            child = node.next;
        }
    }

    fn data(&mut self, raw: &[Raw], id: usize) {
        let room = MAX_DATA.saturating_sub(self.json_ld.iter().map(|data| data.len()).sum());
        let text = raw[id].first.and_then(|text| raw.get(text)).map(|node| &node.text);
        if let Some(text) = text.filter(|text| text.len() <= room)
            && self.json_ld.len() < MAX_ITEMS
        {
            self.json_ld.push(text.clone());
        }
    }

    /// What a `meta` element of this name says.
    pub(super) fn meta(&self, name: &str) -> Option<&str> {
        self.metas.iter().find(|(of, _)| of == name).map(|(_, content)| &**content)
    }

    /// Whether `word` is among what the page asks of robots: by all of them or this one.
    pub(super) fn asks(&self, word: &str) -> bool {
        let of_robots = |name: &str| name == "robots" || name == "colloquybot";
        let asked = |content: &str| {
            content
                .split(',')
                .map(str::trim)
                .any(|asked| asked.eq_ignore_ascii_case(word) || asked.eq_ignore_ascii_case("none"))
        };
        self.metas.iter().any(|(name, content)| of_robots(name) && asked(content))
    }

    /// Whether it calls itself an article with a day on which it was published.
    pub(super) fn is_article(&self) -> bool {
        const ARTICLES: &[&str] = &[
            "\"NewsArticle\"",
            "\"BlogPosting\"",
            "\"ReportageNewsArticle\"",
            "\"AnalysisNewsArticle\"",
            "\"OpinionNewsArticle\"",
            "\"LiveBlogPosting\"",
        ];
        let published = ["article:published_time", "og:article:published_time", "parsely-pub-date"];
        published.iter().any(|name| self.meta(name).is_some())
            || self.json_ld.iter().any(|data| ARTICLES.iter().any(|kind| data.contains(kind)))
    }

    /// Whether it calls itself an article.
    pub(super) fn is_called_article(&self) -> bool {
        self.meta("og:type") == Some("article")
    }
}
