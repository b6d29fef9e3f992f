//! From a page's Markdown to the HTML of its article. Besides CommonMark and tables:
//!
//! - `## Heading {#id}` opens a section of that id, which ends at the next such heading;
//! - a paragraph `Table: text` directly above a table is the table's caption;
//! - a link to `page.md` or `page.md#id` leads to that page, and one to `../file` above the pages.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html};

/// Where a page is served, which its relative links depend on: a deployed API has its stage in
/// front of every path, so no link may begin with a slash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// At `/docs`.
    Index,
    /// At `/docs/<name>`.
    Page,
}

impl Base {
    /// The folder of the pages, from here.
    pub fn pages(self) -> &'static str {
        match self {
            Self::Index => "docs/",
            Self::Page => "",
        }
    }

    /// The folder above `/docs`, from here.
    fn root(self) -> &'static str {
        match self {
            Self::Index => "",
            Self::Page => "../",
        }
    }

    /// The page called `name`, from here.
    pub fn to_page(self, name: &str) -> String {
        match name {
            "index" => format!("{}docs", self.root()),
            name => format!("{}{name}", self.pages()),
        }
    }
}

/// What a page's Markdown says.
#[derive(Debug, Default)]
pub struct RenderedPage {
    /// The article.
    pub html: String,
    /// Text of its first heading.
    pub title: String,
    /// Ids of its sections.
    pub sections: Vec<String>,
    /// Pages and sections that it links to: (page or empty, section or empty).
    pub links: Vec<(String, String)>,
}

/// Renders a page that is served at `base`.
pub fn render(text: &str, base: Base) -> Result<RenderedPage, String> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut page = RenderedPage::default();
    let mut events = Vec::new();
    let mut in_title = false;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, id, .. }) => {
                let id = id.ok_or("a heading of a section has an id: ## Heading {#id}")?;
                let end = if page.sections.is_empty() { "" } else { "</section>\n" };
                let start = format!("{end}<section id=\"{id}\">\n");
                events.extend([Event::Html(start.into()), Event::Start(h2())]);
                page.sections.push(id.into_string());
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = page.link(&dest_url, base);
                events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            // Marks of generated parts are for those who edit the page.
            Event::Html(html) if html.trim_start().starts_with("<!--") => {}
            event => {
                match &event {
                    Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => in_title = true,
                    Event::End(TagEnd::Heading(_)) => in_title = false,
                    Event::Text(text) if in_title => page.title.push_str(text),
                    _ => {}
                }
                events.push(event);
            }
        }
    }
    push_html(&mut page.html, events.into_iter());
    if !page.sections.is_empty() {
        page.html.push_str("</section>\n");
    }
    page.html = with_captions(&page.html)?.replace("<th>", "<th scope=\"col\">");
    match page.title.is_empty() {
        true => Err("a page has a heading: # Title".to_owned()),
        false => Ok(page),
    }
}

fn h2<'a>() -> Tag<'a> {
    Tag::Heading { level: HeadingLevel::H2, id: None, classes: Vec::new(), attrs: Vec::new() }
}

impl RenderedPage {
    /// Where a link leads from a page at `base`; one to a page is noted.
    fn link<'a>(&mut self, target: &str, base: Base) -> CowStr<'a> {
        let (path, section) = target.split_once('#').unwrap_or((target, ""));
        let fragment = if section.is_empty() { String::new() } else { format!("#{section}") };
        if let Some(above) = path.strip_prefix("../") {
            return format!("{}{above}{fragment}", base.root()).into();
        }
        match path.strip_suffix(".md") {
            Some(name) => {
                self.links.push((name.to_owned(), section.to_owned()));
                format!("{}{fragment}", base.to_page(name)).into()
            }
            None => {
                if path.is_empty() {
                    self.links.push((String::new(), section.to_owned()));
                }
                target.to_owned().into()
            }
        }
    }
}

/// Moves each paragraph `Table: text` into the table below it.
fn with_captions(html: &str) -> Result<String, String> {
    let mut parts = html.split("<p>Table: ");
    let mut all = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (caption, rest) = part
            .split_once("</p>\n<table>")
            .filter(|(caption, _)| !caption.contains("</p>"))
            .ok_or("a paragraph \"Table: …\" has to be directly above a table")?;
        all.push_str(&format!("<table>\n<caption>{caption}</caption>\n{rest}"));
    }
    Ok(all)
}
