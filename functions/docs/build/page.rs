//! The pages of the site: their front matter, their order, and the template around them.
//!
//! A page begins with a front matter: `nav`, its name in the navigation; `order`, its position
//! there; `description`, for search engines. The page `index` is the one at `/docs` itself.

use std::{fs, path::Path};

use crate::markdown::{Base, RenderedPage, render};

/// A page, rendered but for the template.
pub struct SitePage {
    /// Name of its file without the extension, and last part of its path.
    pub name: String,
    nav: String,
    order: u32,
    description: String,
    base: Base,
    content: RenderedPage,
}

/// The text of a file, or a message that names it.
pub fn text_of(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))
}

/// Every page below `site`, in the order of the navigation.
pub fn read(site: &Path) -> Result<Vec<SitePage>, String> {
    let broken = |e: std::io::Error| format!("{}: {e}", site.display());
    let mut pages = Vec::new();
    for entry in fs::read_dir(site).map_err(broken)? {
        let file = entry.map_err(broken)?.path();
        if file.extension().is_some_and(|extension| extension == "md") {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let page = parse(name, &text_of(&file)?);
            pages.push(page.map_err(|e| format!("{}: {e}", file.display()))?);
        }
    }
    pages.sort_by_key(|page| page.order);
    match pages.windows(2).find(|pair| pair[0].order == pair[1].order) {
        Some(pair) => Err(format!("{} and {} have the same order", pair[0].name, pair[1].name)),
        None => Ok(pages),
    }
}

fn parse(name: String, text: &str) -> Result<SitePage, String> {
    let (front, body) = text
        .strip_prefix("---\n")
        .and_then(|text| text.split_once("\n---\n"))
        .ok_or("a page begins with a front matter between two lines ---")?;
    let field = |key: &str| {
        let value = front.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        value.map(str::to_owned).ok_or_else(|| format!("the front matter has no {key}"))
    };
    let base = if name == "index" { Base::Index } else { Base::Page };
    Ok(SitePage {
        nav: field("nav")?,
        order: field("order")?.parse().map_err(|e| format!("order: {e}"))?,
        description: field("description")?,
        content: render(body, base)?,
        base,
        name,
    })
}

/// Fails for a link to a page or a section that does not exist.
pub fn check_links(pages: &[SitePage]) -> Result<(), String> {
    for page in pages {
        for (target, section) in &page.content.links {
            let name = if target.is_empty() { &page.name } else { target };
            let found = pages.iter().find(|page| page.name == *name);
            let known = found.is_some_and(|found| match section.as_str() {
                "" => true,
                id => found.content.sections.iter().any(|known| known == id),
            });
            if !known {
                return Err(format!("{}.md links to {name}.md#{section}: not there", page.name));
            }
        }
    }
    Ok(())
}

/// The page at `at` of `pages` within the template.
pub fn fill(template: &str, pages: &[SitePage], at: usize) -> Result<String, String> {
    let page = &pages[at];
    let mut html = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").ok_or("{{ without }} in the template")?;
        html.push_str(before);
        html.push_str(&match name {
            "title" if page.name == "index" => format!("{} documentation", page.content.title),
            "title" => format!("{} – Colloquy documentation", page.content.title),
            "description" => escape(&page.description),
            "base" => page.base.pages().to_owned(),
            "index" => page.base.to_page("index"),
            "navigation" => navigation(pages, page),
            "content" => page.content.html.trim_end().to_owned(),
            "neighbours" => neighbours(pages, at),
            other => return Err(format!("the template asks for {{{{{other}}}}}")),
        });
        rest = after;
    }
    html.push_str(rest);
    Ok(html)
}

fn navigation(pages: &[SitePage], current: &SitePage) -> String {
    let item = |page: &SitePage| {
        let mark = if page.name == current.name { r#" aria-current="page""# } else { "" };
        let href = current.base.to_page(&page.name);
        format!(r#"<li><a href="{href}"{mark}>{}</a></li>"#, escape(&page.nav))
    };
    pages.iter().map(item).collect::<Vec<_>>().join("\n")
}

fn neighbours(pages: &[SitePage], at: usize) -> String {
    let base = pages[at].base;
    let previous = at.checked_sub(1).and_then(|before| pages.get(before)).map(|page| {
        format!(r#"<a rel="prev" href="{}">← {}</a>"#, base.to_page(&page.name), escape(&page.nav))
    });
    let next = pages.get(at + 1).map(|page| {
        format!(r#"<a rel="next" href="{}">{} →</a>"#, base.to_page(&page.name), escape(&page.nav))
    });
    previous.into_iter().chain(next).collect::<Vec<_>>().join("\n")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
