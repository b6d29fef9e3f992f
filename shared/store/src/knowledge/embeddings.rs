//! What the passages of pages mean: the vectors of each page beside its passages, as bytes that
//! only those understand who made them.

use std::collections::HashMap;

use domain::{CrawlId, Result, SourceId, source::Page};

use crate::{
    keys::{self, Key},
    knowledge::pages::{PART_BYTES, PartItem},
    table::client::{Range, Store, key_in, read},
    table::write::Write,
};

/// The meanings of a crawl's pages.
#[derive(Debug, Default)]
pub struct Meanings(HashMap<String, Vec<u8>>);

impl Meanings {
    /// That of the page at `url`, if it has any.
    pub fn of(&self, source: SourceId, job: CrawlId, url: &str) -> Option<&[u8]> {
        self.0.get(page_in(&keys::meaning(source, job, url, 0))).map(Vec::as_slice)
    }
}

/// What tells a page's meaning from another's of the same crawl.
fn page_in(key: &Key) -> &str {
    key.sk.rsplit_once('#').map_or(key.sk.as_str(), |(page, _)| page)
}

impl Store {
    /// Stores what the passages of a page mean. Written again it is the same items.
    pub async fn put_meaning(&self, page: &Page, bytes: &[u8]) -> Result<()> {
        for (part, bytes) in bytes.chunks(PART_BYTES).enumerate() {
            let key = keys::meaning(page.source_id, page.job, &page.url, part);
            self.write(Write::put(key, &PartItem::of(bytes))?).await?;
        }
        Ok(())
    }

    /// What the pages of a crawl mean.
    pub async fn meanings(&self, source: SourceId, job: CrawlId) -> Result<Meanings> {
        let range = Range::prefix(keys::crawl_partition(source, job), keys::MEANING);
        let mut pages: HashMap<String, Vec<u8>> = HashMap::new();
        // In the order of their keys, so of a page's parts too.
        for item in self.query_items(range).await? {
            let key = key_in(&item)?;
            let part: PartItem = read(item)?;
            pages.entry(page_in(&key).to_owned()).or_default().extend(part.into_bytes());
        }
        Ok(Meanings(pages))
    }
}
