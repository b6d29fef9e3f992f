//! Pages whose text only browsers see: made by scripts, or shown after a check that runs one.

use url::Url;

use super::{ExtractError, boilerplate_phrases::plain, outline::Block, page::PageTree, tag::Tag};

/// A page with scripts and less text than this, in characters, has its text made by them.
const SCRIPTED: usize = 200;
/// Of a page that only checks who asks for it, in characters.
const LONGEST_CHECK: usize = 600;
/// What such a page says at its beginning or in its title, in lower case.
const CHECKS: &[&str] = &[
    "checking your browser",
    "checking if the site connection is secure",
    "verify you are human",
    "verify you are a human",
    "verifying you are human",
    "verify that you are not a robot",
    "confirm you are a human",
    "enable javascript and cookies to continue",
    "pardon our interruption",
    "please wait while your request is being verified",
    "ddos protection by",
    "unusual traffic from your",
    "überprüfung ihres browsers",
];

/// Says why a page has no text here that it has in a browser.
pub(super) fn check(page: &PageTree, blocks: &[Block], links: &[Url]) -> Result<(), ExtractError> {
    let said: usize = blocks.iter().map(|block| block.text.chars().count()).sum();
    if page.head.scripts == 0 {
        return Ok(());
    }
    if said <= LONGEST_CHECK && checks_readers(page) {
        return Err(ExtractError::BrowserCheck);
    }
    match needs_scripts(page, said, links) {
        true => Err(ExtractError::NeedsScripts),
        false => Ok(()),
    }
}

/// Whether a page has next to no text and scripts that make some.
fn needs_scripts(page: &PageTree, said: usize, links: &[Url]) -> bool {
    const ROOTS: &[&str] = &["root", "app", "__next", "__nuxt", "gatsby-focus-wrapper", "app-root"];
    if said >= SCRIPTED {
        return false;
    }
    let is_empty = |place: usize| page.text(place).is_empty();
    let mounted = page.nodes.iter().enumerate().any(|(place, node)| {
        node.attribute("id").is_some_and(|id| ROOTS.contains(&id)) && is_empty(place)
    });
    let asked = page.nodes.iter().enumerate().any(|(place, node)| {
        node.tag == Tag::Noscript && page.text(place).to_lowercase().contains("javascript")
    });
    let body = page.first(Tag::Body).map(|body| page.text(body)).unwrap_or_default();
    let short = body.chars().count() < 2 * SCRIPTED;
    // What is there then says that it is being loaded.
    let waits = said == 0 && (body.is_empty() || (links.is_empty() && short));
    waits || ((mounted || asked) && short)
}

/// Whether a page checks who asks for it, by its title or its first words.
fn checks_readers(page: &PageTree) -> bool {
    let text = |tag: Tag| page.first(tag).map(|place| page.text(place)).unwrap_or_default();
    let body = text(Tag::Body);
    if body.chars().count() > LONGEST_CHECK {
        return false;
    }
    let (title, body) = (plain(&text(Tag::Title)), plain(&body));
    let begins = body.get(..body.floor_char_boundary(SCRIPTED)).unwrap_or_default();
    CHECKS.iter().any(|check| title.contains(check) || begins.contains(check))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::html;

    #[test]
    fn why_a_page_has_no_text() {
        let url = Url::parse("https://club.example/").unwrap();
        let read = |page: &str| html(page, &url).map(|document| document.blocks.len());
        let script = "<script src=main.js></script>";
        let loading =
            format!("<x-shell><div class=load><span>Please wait</span></div></x-shell>{script}");
        let spinner = format!(
            "<title>Portal</title><body><my-root><button>Loading</button></my-root>{script}"
        );
        assert_eq!(read(&spinner), Err(ExtractError::NeedsScripts));
        assert!(read(&loading).is_ok(), "it may be all that the page says");
        let check = format!(
            "<title>One moment</title><h1>Verify you are human by completing the action below.</h1>\
             <p>club.example needs to review the security of your connection.</p>{script}"
        );
        assert_eq!(read(&check), Err(ExtractError::BrowserCheck));
        let about = format!(
            "<h1>Why do I see \u{201c}Verify you are human\u{201d}?</h1><p>{}</p>{script}",
            "Our site is shielded from floods of requests, and some visitors are asked. "
                .repeat(12)
        );
        assert!(read(&about).is_ok());
        assert!(read("<p>Checking your browser for updates is easy.</p>").is_ok());
    }
}
