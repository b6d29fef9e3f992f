//! The lines of a page: text that no block element divides, and how much of it there is where.

use std::ops::Range;

use super::{
    attributes::Hints,
    page::{Node, PageTree},
    tag::Tag,
};

/// Text between the beginnings and ends of block elements.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Run {
    /// Its first text node.
    pub(super) first: usize,
    /// The block element around it.
    pub(super) block: usize,
    /// How long it is, spaces folded.
    pub(super) chars: u32,
    /// How much of it is links.
    pub(super) linked: u32,
    /// How many links it has.
    pub(super) links: u32,
    /// Whether it has what ends a sentence, or divides it.
    pub(super) sentence: bool,
}

impl Run {
    /// How much prose it is.
    pub(super) fn good(&self, page: &PageTree) -> u32 {
        let paragraph = matches!(page.nodes[self.block].tag, Tag::P | Tag::Pre | Tag::Blockquote);
        let long = self.chars >= if paragraph { 25 } else { 50 };
        match long && self.sentence && self.linked * 2 < self.chars {
            true => self.chars - self.linked,
            false => 0,
        }
    }
}

/// Whether it is a link to another page.
fn leads(node: &Node) -> bool {
    !node.hints.any(Hints::WITHIN) && node.attribute("href").is_some()
}

/// All runs of what is there, in reading order; the whole of each link is a link.
pub(super) fn runs(page: &PageTree, gone: &[bool]) -> Vec<Run> {
    runs_with(page, gone, &|_| false)
}

/// All runs of what is there, in reading order. A link that `is_text` counts as text.
pub(super) fn runs_with(
    page: &PageTree,
    gone: &[bool],
    is_text: &dyn Fn(usize) -> bool,
) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut run = Run::default();
    let mut blocks = vec![0];
    let mut link_end = 0;
    let mut place = 0;
    while place < page.nodes.len() {
        while let Some(block) = blocks.last().copied().filter(|b| page.nodes[*b].end <= place) {
            blocks.pop();
            finish(&mut run, &mut runs, block);
        }
        let node = &page.nodes[place];
        if gone[place] {
            if !node.tag.is_inline() {
                finish(&mut run, &mut runs, blocks.last().copied().unwrap_or(0));
            }
            place = node.end;
            continue;
        }
        match node.tag {
            Tag::Text => {
                let Measure { chars, sentence } = node.measure;
                run.sentence |= sentence;
                if chars > 0 && run.chars == 0 {
                    run.first = place;
                }
                run.chars += chars;
                if place < link_end {
                    run.linked += chars;
                }
            }
            Tag::A if leads(node) && !is_text(place) => {
                link_end = link_end.max(node.end);
                run.links += 1;
            }
            tag if !tag.is_inline() => {
                finish(&mut run, &mut runs, blocks.last().copied().unwrap_or(0));
                blocks.push(place);
            }
            _ => {}
        }
        place += 1;
    }
    finish(&mut run, &mut runs, blocks.last().copied().unwrap_or(0));
    runs
}

fn finish(run: &mut Run, runs: &mut Vec<Run>, block: usize) {
    let run = std::mem::take(run);
    if run.chars > 0 {
        runs.push(Run { block, ..run });
    }
}

/// How much of a text there is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measure {
    /// How long it is, spaces folded.
    pub(super) chars: u32,
    /// Whether it has what ends a sentence, or divides it.
    pub(super) sentence: bool,
}

impl Measure {
    pub(super) fn of(text: &str) -> Self {
        let mut measure = Self::default();
        let mut space = false;
        for c in text.chars() {
            if c.is_whitespace() {
                space = true;
                continue;
            }
            measure.chars += 1 + u32::from(space && measure.chars > 0);
            space = false;
            measure.sentence |= matches!(
                c,
                '.' | ',' | '!' | '?' | ':' | ';' | '…' | '。' | '、' | '，' | '।' | '؟'
            );
        }
        measure
    }
}

/// How much there is in a range of nodes.
#[derive(Debug)]
pub(super) struct Mass {
    /// Up to each node: prose, all text, text of links, links.
    sums: Vec<[u32; 4]>,
}

impl Mass {
    pub(super) fn of(page: &PageTree, runs: &[Run]) -> Self {
        let mut sums = Vec::with_capacity(page.nodes.len() + 1);
        let mut sum = [0; 4];
        let mut runs = runs.iter().peekable();
        for place in 0..page.nodes.len() {
            sums.push(sum);
            while let Some(run) = runs.next_if(|run| run.first == place) {
                sum[0] += run.good(page);
                sum[1] += run.chars;
                sum[2] += run.linked;
                sum[3] += run.links;
            }
        }
        sums.push(sum);
        Self { sums }
    }

    fn sum(&self, range: Range<usize>, what: usize) -> u32 {
        self.sums[range.end][what] - self.sums[range.start][what]
    }

    /// Prose.
    pub(super) fn good(&self, range: Range<usize>) -> u32 {
        self.sum(range, 0)
    }

    /// Text of any kind.
    pub(super) fn chars(&self, range: Range<usize>) -> u32 {
        self.sum(range, 1)
    }

    /// Text of links.
    pub(super) fn linked(&self, range: Range<usize>) -> u32 {
        self.sum(range, 2)
    }

    /// Links.
    pub(super) fn links(&self, range: Range<usize>) -> u32 {
        self.sum(range, 3)
    }
}
