//! A site whose pages tests are about.

use url::Url;

use super::{Document, html};

/// A site and what each of its pages says.
pub(super) struct TestSite {
    pub(super) url: &'static str,
    pub(super) title: &'static str,
    /// What each page begins with.
    pub(super) prose: &'static str,
}

impl TestSite {
    /// What is read of a page with this body.
    pub(super) fn read(&self, body: &str) -> Document {
        let Self { url, title, prose } = self;
        let page =
            format!("<!doctype html><html lang=en><title>{title}</title><body>{prose}{body}");
        html(&page, &Url::parse(url).unwrap()).unwrap()
    }

    /// All that is read of it, block by block.
    pub(super) fn said(&self, body: &str) -> String {
        let blocks = self.read(body).blocks;
        blocks.into_iter().map(|block| block.text).collect::<Vec<_>>().join("\n")
    }

    /// Fails unless all of `there` is read, and nothing of what is `absent`.
    #[track_caller]
    pub(super) fn check(&self, body: &str, there: &[&str], absent: &[&str]) {
        let said = self.said(body);
        for needle in there {
            assert!(said.contains(needle), "{needle:?} is not in {said:?}");
        }
        for needle in absent {
            assert!(!said.contains(needle), "{needle:?} is in {said:?}");
        }
    }
}

/// The headings above the block that has this text.
#[track_caller]
pub(super) fn above(document: &Document, needle: &str) -> Vec<String> {
    let block = document.blocks.iter().find(|block| block.text.contains(needle));
    block.map(|block| block.headings.to_vec()).unwrap_or_else(|| panic!("no {needle}"))
}
