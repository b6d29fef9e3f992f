//! What pictures and drawings say.

use super::{LONGEST_ALT, Writer};
use crate::extract::{folded, tag::Tag};

impl Writer<'_> {
    /// What a picture says, if it is a picture of text or all that there is.
    pub(super) fn picture(&mut self, place: usize) {
        let node = &self.page.nodes[place];
        let Some(alt) = node.attribute("alt").map(folded) else { return };
        if alt.is_empty() || alt.chars().count() > LONGEST_ALT || is_file_name(&alt) {
            return;
        }
        let parent = &self.page.nodes[node.parent];
        let alone = (parent.tag.is_cell() || matches!(parent.tag, Tag::H(_) | Tag::Dt | Tag::Li))
            && !self.page.says(node.parent);
        let words = alt.split_whitespace().count();
        let says = words >= 3 && (alt.contains(|c: char| c.is_ascii_digit()) || words >= 8);
        if alone || (says && !self.is_article) {
            self.line.boundary();
            self.line.push(&alt, false);
            self.line.boundary();
        }
    }

    /// What a drawing is called where it is all that a cell has: a tick, a cross.
    pub(super) fn icon(&mut self, place: usize) {
        let node = &self.page.nodes[place];
        let in_cell =
            self.page.ancestors(place).take(3).any(|at| self.page.nodes[at].tag.is_cell());
        let title = Some(node.text.trim()).filter(|title| !title.is_empty());
        let label = node.attribute("aria-label").or(title);
        if let Some(label) = label.filter(|_| in_cell || self.is_picture(place)) {
            self.label(label);
        }
    }

    /// Whether it is a picture by its role, in a line of text and not on something to press.
    pub(super) fn is_picture(&self, place: usize) -> bool {
        let page = self.page;
        let node = &page.nodes[place];
        let presses = |at: usize| matches!(page.nodes[at].tag, Tag::A | Tag::Button);
        let block =
            page.ancestors(place).find(|at| !page.nodes[*at].tag.is_inline() || presses(*at));
        !self.is_article
            && matches!(node.attribute("role"), Some("img" | "image"))
            && block.is_some_and(|block| {
                let tag = page.nodes[block].tag;
                let line = matches!(tag, Tag::P | Tag::Li | Tag::Dd) || tag.is_cell();
                line && (tag.is_cell() || page.says(block))
            })
    }

    /// Writes what a picture is called.
    pub(super) fn label(&mut self, label: &str) {
        let label = folded(label);
        if label.chars().count() <= LONGEST_ALT && !is_file_name(&label) {
            self.line.boundary();
            self.line.push(&label, false);
            self.line.boundary();
        }
    }
}

/// Whether a picture is called like the file that it is in.
fn is_file_name(alt: &str) -> bool {
    !alt.contains(' ') && (alt.contains('.') || alt.contains('_'))
}
