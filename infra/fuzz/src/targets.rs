//! What is fed: each reader of bytes that strangers send, with the memory of the function that reads.

pub mod files;
mod platforms;

use std::hint::black_box;

use ai::sse::SseReader;
use base64::{Engine, engine::general_purpose::STANDARD};
use colloquy_http::{parse, read_form};
use domain::{Timestamp, agent_loops::schedule::Schedule};
use futures::FutureExt;
use knowledge::{Robots, chunk, file, sitemap_links};
use url::Url;

/// Memory of the crawl worker, in MiB, of which one page or file may take a third.
const CRAWL_WORKER: f32 = 1_024.0 / 3.0;
/// Memory of the functions that answer requests, of which reading one may take a quarter.
const REQUEST: f32 = 256.0 / 4.0;

/// A reader.
pub struct Target {
    /// Its name, and that of the folder of its seeds.
    pub name: &'static str,
    /// The largest input, in bytes.
    pub max_bytes: usize,
    /// The most memory that one input may take, in MiB.
    pub max_mib: f32,
    /// Words of its language.
    pub words: &'static [&'static str],
    /// Folders of the bench's corpus whose files of these endings are seeds too.
    pub from_bench: &'static [(&'static str, &'static [&'static str])],
    /// Reads one; an error is a promise that was broken.
    pub read: fn(&[u8]) -> Result<(), String>,
}

/// All of them.
pub const ALL: [Target; 22] = [
    Target {
        name: "html",
        max_bytes: 1024 * 1024,
        max_mib: CRAWL_WORKER,
        words: &[
            "<div>",
            "</div>",
            "<table><tr><td>",
            "<h2>",
            "<p>",
            "<pre><code>",
            "<ul><li>",
            "<script type=\"application/ld+json\">",
            "<!--",
            "-->",
            "&amp;",
            "&#x10ffff;",
            "<br>",
            "<details><summary>",
            "<svg>",
            "<template>",
            "<a href=\"/x\">",
            "<td colspan=\"99999\">",
        ],
        from_bench: &[("pages", &[".html"])],
        read: |bytes| document("page.html", "text/html", bytes),
    },
    Target {
        name: "markdown",
        max_bytes: 1024 * 1024,
        max_mib: CRAWL_WORKER,
        words: &[
            "# ",
            "- ",
            "> ",
            "```\n",
            "| a | b |\n|---|---|\n",
            "[x](y)",
            "![",
            "    ",
            "\n\n",
            "~~~",
            "---\n",
            "***",
            "1. ",
            ":::",
        ],
        from_bench: &[("files", &[".md", ".txt"])],
        read: |bytes| document("page.md", "text/markdown", bytes),
    },
    Target {
        name: "pdf",
        max_bytes: 256 * 1024,
        max_mib: CRAWL_WORKER,
        words: &[
            "obj",
            "endobj",
            "stream\n",
            "endstream",
            "<<",
            ">>",
            "/Kids [3 0 R]",
            "/Length 99",
            "/Filter /FlateDecode",
            "BT",
            "ET",
            "Tj",
            "[(",
            ")] TJ",
            "3 0 R",
            "xref",
            "trailer",
            "n ",
            "0 ",
        ],
        from_bench: &[("files", &[".pdf"])],
        read: |bytes| document("file.pdf", "application/pdf", bytes),
    },
    Target {
        name: "robots",
        max_bytes: 64 * 1024,
        max_mib: CRAWL_WORKER,
        words: &[
            "User-agent: *\n",
            "Disallow: /",
            "Allow: /*$",
            "Crawl-delay: 9\n",
            "Sitemap: ",
            "*",
            "$",
            "#",
            "\r",
        ],
        from_bench: &[],
        read: robots,
    },
    Target {
        name: "sitemap",
        max_bytes: 1024 * 1024,
        max_mib: CRAWL_WORKER,
        words: &[
            "<url>",
            "</url>",
            "<loc>",
            "</loc>",
            "<sitemap>",
            "<urlset>",
            "<rss><channel><item><link>https://example.com/docs/a</link></item>",
            "<feed><entry><link href=\"/docs/b\"/></entry>",
            "<![CDATA[",
            "]]>",
            "&lt;",
            "<!DOCTYPE a [<!ENTITY b \"c\">]>",
            "\u{1f}\u{8b}",
        ],
        from_bench: &[],
        read: |bytes| {
            black_box(sitemap_links(bytes.to_vec(), &site()?));
            Ok(())
        },
    },
    Target {
        name: "json",
        max_bytes: 256 * 1024,
        max_mib: REQUEST,
        words: &[
            "{",
            "}",
            "[",
            "]",
            "\"message\":",
            "\"metadata\":{",
            "\\u0000",
            "\\ud800",
            "null",
            "1e999",
            "\"",
            ",",
            "\"visitorId\":\"v\"",
            "true",
        ],
        from_bench: &[],
        read: bodies,
    },
    Target {
        name: "sse",
        max_bytes: 256 * 1024,
        max_mib: REQUEST,
        words: &[
            "data: ",
            "event: x\n",
            "id: 1\n",
            "retry: 9\n",
            "\n\n",
            "\r",
            "\r\n\r\n",
            ":",
            "data: [DONE]\n\n",
            "\u{feff}",
        ],
        from_bench: &[],
        read: sse,
    },
    Target {
        name: "multipart",
        max_bytes: 256 * 1024,
        max_mib: REQUEST,
        words: &[
            "--between\r\n",
            "--between--\r\n",
            "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"",
            "Content-Type: text/plain",
            "\r\n\r\n",
            "\"",
            "filename*=UTF-8''%e2%82%ac",
        ],
        from_bench: &[],
        read: |bytes| {
            let kind = "multipart/form-data; boundary=between";
            match read_form(kind, bytes.to_vec().into()).now_or_never() {
                Some(form) => {
                    let _ = black_box(form);
                    Ok(())
                }
                None => Err("a body that is all there is waited for".to_owned()),
            }
        },
    },
    Target {
        name: "svg",
        max_bytes: 64 * 1024,
        max_mib: REQUEST,
        words: &[
            "<svg xmlns=\"http://www.w3.org/2000/svg\">",
            "</svg>",
            "<g>",
            "<script>",
            "<!DOCTYPE",
            "<!ENTITY a \"b\">",
            "&a;",
            "xlink:href=\"#a\"",
            "url(#a)",
            "<style>",
            "<use",
            "<?xml",
        ],
        from_bench: &[],
        read: |bytes| {
            let url = format!("data:image/svg+xml;base64,{}", STANDARD.encode(bytes));
            match app::chatbots::logo::parse(&url) {
                Ok(logo) if logo.bytes.windows(7).any(|part| part == b"<script") => {
                    Err("a script passed".to_owned())
                }
                _ => Ok(()),
            }
        },
    },
    Target {
        name: "cron",
        max_bytes: 256,
        max_mib: 1.0,
        words: &[
            "* * * * *",
            "*/5",
            "0-59",
            "1,2,3",
            "L",
            "W",
            "#",
            "MON",
            "JAN-DEC",
            "@daily",
            "?",
            "29 2",
            "31 4",
            "60",
            "7",
        ],
        from_bench: &[],
        read: cron,
    },
    files::ASCIIDOC,
    files::RST,
    files::CSV,
    files::RECORDS,
    files::WORD,
    files::SHEET,
    files::DECK,
    files::WRITER,
    files::EBOOK,
    files::ZIP,
    platforms::INBOUND,
    platforms::PIECES,
];

/// The target of this name.
pub fn named(name: &str) -> Option<&'static Target> {
    ALL.iter().find(|target| target.name == name)
}

fn site() -> Result<Url, String> {
    Url::parse("https://example.com/docs/").map_err(|error| error.to_string())
}

fn document(name: &str, media_type: &str, bytes: &[u8]) -> Result<(), String> {
    if let Ok(document) = file::read(name, media_type, bytes) {
        let chunks = chunk::chunks(&document, &site()?);
        if let Some(long) = chunks.iter().find(|chunk| chunk.content.len() > 64 * 1024) {
            return Err(format!("a passage of {} bytes", long.content.len()));
        }
    }
    Ok(())
}

fn robots(bytes: &[u8]) -> Result<(), String> {
    let at = site()?;
    if let Ok(robots) = Robots::parse(bytes, &at) {
        for path in ["/", "/docs/a?b=c", "/%zz", "/a/b/c/d/e/f"] {
            let url = at.join(path).map_err(|error| error.to_string())?;
            black_box(robots.allows(&url));
        }
    }
    Ok(())
}

fn bodies(bytes: &[u8]) -> Result<(), String> {
    use dialects::{botplot, chatbotplatform, conferbot, helpbot, openbat};
    macro_rules! read {
        ($($body:ty),+ $(,)?) => { $(let _ = black_box(parse::<$body>(bytes));)+ };
    }
    read!(
        botplot::chat::ChatIn,
        botplot::knowledge::QaSourceIn,
        botplot::leads::LeadIn,
        botplot::subscriptions::WebhookIn,
        chatbotplatform::agent_loops::AgentLoopIn,
        chatbotplatform::channels::ChannelIn,
        chatbotplatform::integrations::IntegrationIn,
        conferbot::chatbots::ChatbotPatchIn,
        helpbot::chat::ChatIn,
        openbat::chatbots::ChatbotPatchIn,
    );
    Ok(())
}

/// However a stream is cut into pieces, its events are the same.
fn sse(bytes: &[u8]) -> Result<(), String> {
    let read = |pieces: &mut dyn Iterator<Item = &[u8]>| {
        let mut reader = SseReader::default();
        let mut events = Vec::new();
        for piece in pieces {
            reader.feed(piece, &mut events).map_err(|error| error.to_string())?;
        }
        events.extend(reader.finish());
        Ok::<_, String>(events)
    };
    let whole = read(&mut std::iter::once(bytes));
    let cut = read(&mut bytes.chunks(7));
    match whole == cut {
        true => Ok(()),
        false => Err("the events depend on how the stream is cut".to_owned()),
    }
}

/// What a schedule says is next lies ahead, and is within what is looked through.
fn cron(bytes: &[u8]) -> Result<(), String> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(()) };
    let Ok(schedule) = Schedule::parse(text) else { return Ok(()) };
    let now = Timestamp::from_millis(1_767_225_600_000);
    black_box(schedule.shortest_gap(now));
    match schedule.next_after(now, now) {
        Some(next) if next <= now => Err(format!("{text:?} is next at {next}, which is past")),
        _ => Ok(()),
    }
}
