//! Several pages of a crawl at once: begun by one write, read by one call, ended by one transaction.

use std::collections::{BTreeMap, HashMap};

use domain::{
    CrawlId, Result, SourceId,
    source::{Page, PageState},
};

use crate::{
    keys::{self, Key},
    knowledge::pages::{PageItem, counted, counted_as, end},
    table::client::{Store, read},
    table::write::Write,
};

impl Store {
    /// Begins to read the pages at `urls` one after another, and gives those that are queued, in that
    /// order; `None` if that began before, or if the first has ended. It is the first one's row that says so: a
    /// reader that a page kills can't say it any more.
    pub async fn begin_batch(
        &self,
        (source, job): (SourceId, CrawlId),
        urls: &[String],
    ) -> Result<Option<Vec<Page>>> {
        let Some((first, others)) = urls.split_first() else { return Ok(None) };
        let begin = Write::update(keys::page(source, job, first), "SET batch_begun = :true")
            .name("state", "state")
            .value("true", true)?
            .value("queued", &PageState::Queued)?
            .when(
                "attribute_exists(pk) AND #state = :queued AND attribute_not_exists(batch_begun)",
            );
        let begun: Option<PageItem> = self.update_returning_new(begin).await?;
        let Some(first) = begun else { return Ok(None) };
        let mut pages = vec![first.into()];
        pages.extend(self.queued_pages((source, job), others).await?);
        Ok(Some(pages))
    }

    /// Those of the pages at `urls` that are queued, in that order.
    pub async fn queued_pages(
        &self,
        (source, job): (SourceId, CrawlId),
        urls: &[String],
    ) -> Result<Vec<Page>> {
        let keys: Vec<Key> = urls.iter().map(|url| keys::page(source, job, url)).collect();
        let mut pages = HashMap::with_capacity(urls.len());
        for item in self.batch_get(&keys, true).await? {
            let page = Page::from(read::<PageItem>(item)?);
            pages.insert(page.url.clone(), page);
        }
        let queued = urls.iter().filter_map(|url| pages.remove(url));
        Ok(queued.filter(|page| page.state == PageState::Queued).collect())
    }

    /// Ends pages of one crawl, as [`Store::end_page`] ends each, in one transaction if all of them are
    /// queued. There are less than a hundred of them.
    pub async fn end_pages(&self, pages: &[Page]) -> Result<()> {
        let [first, _, ..] = pages else {
            return match pages {
                [page] => self.end_page(page).await,
                _ => Ok(()),
            };
        };
        let number = i64::try_from(pages.len()).unwrap_or(i64::MAX);
        let mut outcomes: BTreeMap<&str, u32> = BTreeMap::new();
        for page in pages {
            *outcomes.entry(counted_as(page)).or_default() += 1;
        }
        let added: Vec<String> = outcomes.keys().map(|name| format!("{name} :{name}")).collect();
        let mut count = counted(first, format!("ADD queued :less, {}", added.join(", ")))?
            .value("less", -number)?
            .value("number", number)?
            .when("job = :job AND queued >= :number");
        for (name, pages) in outcomes {
            count = count.value(name, pages)?;
        }
        let mut writes = pages.iter().map(end).collect::<Result<Vec<_>>>()?;
        writes.push(count);
        if !self.transact(writes).await?.is_done() {
            // Another worker has ended one of them, or the crawl does not count its pages, or not any more.
            for page in pages {
                self.end_page(page).await?;
            }
        }
        Ok(())
    }
}
