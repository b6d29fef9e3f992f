//! The passages of pages: named, embedded and stored.

use domain::{
    Error, Result,
    source::{Chunk, Page, Snapshot},
};
use knowledge::{Block, Document, semantic::Vectors, text};
use store::{Store, keys::sha256};

use crate::knowledge::embeddings::Semantics;

/// Part of every hash. Bump to re-read and re-chunk every page, even on 304.
const READER: &str = "9";

/// Bytes of passages that wait to be stored with those of other pages, before the last page.
const MAX_UNSTORED: usize = 1024 * 1024;

/// Passages that were cut and are not stored yet: those of several pages share calls of the table.
#[derive(Debug, Default)]
pub(super) struct Unstored {
    pages: Vec<(Page, Vec<Chunk>)>,
    bytes: usize,
}

/// Stores the passages of pages. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Passages {
    store: Store,
    semantics: Semantics,
}

impl Passages {
    pub fn new(store: Store, semantics: Semantics) -> Self {
        Self { store, semantics }
    }

    /// The version of what reads pages, with which their hashes begin: another embedding model
    /// reads them again.
    pub fn reader(&self) -> String {
        match self.semantics.model() {
            Some(model) => format!("{READER}.{}", &sha256(model)[..8]),
            None => READER.to_owned(),
        }
    }

    /// Notes the passages that were cut from `page` in it. They are to be [stored](Passages::store) before
    /// the page ends, with what is `unstored` already; where they have embeddings, both are stored at once,
    /// since some of those are written into the passages.
    pub async fn keep(
        &self,
        page: &mut Page,
        snapshot: Snapshot,
        mut chunks: Vec<Chunk>,
        unstored: &mut Unstored,
    ) -> Result<()> {
        name_chunks(&page.url, &mut chunks);
        page.chunks = u32::try_from(chunks.len()).unwrap_or(u32::MAX);
        page.words = chunks.iter().map(|c| text::word_count(&c.content)).sum();
        page.snapshot = Some(snapshot);
        page.stored = true;
        let vectors = self.semantics.of_passages(&chunks).await?;
        unstored.bytes += chunks.iter().map(|chunk| chunk.content.len()).sum::<usize>();
        unstored.pages.push((page.clone(), chunks));
        if vectors.is_some() || unstored.bytes >= MAX_UNSTORED {
            self.store(std::mem::take(unstored)).await?;
        }
        match vectors {
            Some(vectors) => self.keep_vectors(page, &vectors).await,
            None => Ok(()),
        }
    }

    /// Stores passages.
    pub async fn store(&self, unstored: Unstored) -> Result<()> {
        let pages = unstored.pages.iter().map(|(page, chunks)| (page, chunks.as_slice()));
        self.store.put_chunks_of(pages).await
    }

    /// Stores the vectors of a page's passages beside them, and in them where the table searches
    /// those.
    pub async fn keep_vectors(&self, page: &Page, vectors: &Vectors) -> Result<()> {
        let bytes = vectors.to_bytes().map_err(Error::internal)?;
        self.store.put_meaning(page, &bytes).await?;
        if self.semantics.fits_table(vectors.dimensions()) {
            let numbers: Vec<_> = vectors.numbers().collect();
            self.store.put_vectors(page, &numbers).await?;
        }
        Ok(())
    }
}

/// Between what a page's hash says of the page and what it says of what its whole site has at the foot.
pub(super) const SITE: char = '+';

/// The hash of what a page says, and nothing of what is around it; behind it, of the first page, that of what
/// each page of its `site` has at its foot, which it alone tells. Another address of the same page differs in
/// that alone.
pub(super) fn fingerprint(reader: &str, document: &Document, site: &[Block]) -> String {
    let said = |begin: &str, blocks: &[Block]| {
        let mut said = begin.to_owned();
        for block in blocks {
            for part in block.headings.iter().chain([&block.text]) {
                said.push('\n');
                said.push_str(part);
            }
        }
        sha256(&said)
    };
    let page = format!("{reader}-{}", said(&document.title, &document.blocks));
    match site {
        [] => page,
        site => format!("{page}{SITE}{}", &said("", site)[..16]),
    }
}

/// The part of a passage's id that names its page.
pub(super) fn page_of(chunk: &Chunk) -> &str {
    chunk.id.split('-').next().unwrap_or_default()
}

/// The part of a passage's id that names the page at `url`.
pub(super) fn chunk_prefix(url: &str) -> String {
    sha256(url)[..16].to_owned()
}

/// Gives the passages of the page at `url` their ids.
pub(super) fn name_chunks(url: &str, chunks: &mut [Chunk]) {
    let prefix = chunk_prefix(url);
    for (place, chunk) in chunks.iter_mut().enumerate() {
        chunk.id = format!("{prefix}-{place}");
    }
}

#[cfg(test)]
mod tests {
    use knowledge::Block;
    use url::Url;

    use super::*;

    #[test]
    fn a_fingerprint_is_of_what_is_said_and_not_of_where_it_leads() {
        let block = |text: &str| Block::new(&["H"], text);
        let document = |text: &str, link: &str| Document {
            title: "T".to_owned(),
            blocks: vec![block(text)],
            links: vec![Url::parse(link).unwrap()],
            ..Document::default()
        };
        let of = |text, link| fingerprint("7", &document(text, link), &[]);
        let one = of("a", "https://example.com/1");
        assert_eq!(one, of("a", "https://example.com/2"));
        assert_ne!(one, of("b", "https://example.com/1"));
        assert!(one.starts_with("7-"));
    }
}
