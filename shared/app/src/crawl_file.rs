//! Reading the file of a file source: its one page. From there on it is a crawl like any other,
//! but that nothing leads on and nobody begins it again.

use domain::{
    Error, Result, Source, Timestamp,
    source::{Page, PageCopy, PageState},
};
use knowledge::{chunk, file, text};

use crate::{
    crawl::{Crawl, name_chunks},
    crawl_page::fingerprint,
    files::FileOf,
};

/// What the owner of a file is told that is not there.
const LOST: &str = "the file is not there any more";

impl Crawl {
    pub(crate) async fn read_file(&self, source: &Source, mut page: Page) -> Result<()> {
        self.store.crawl_started(source).await?;
        match self.files.get(FileOf::source(source)).await? {
            Some(bytes) => self.take_file(source, &mut page, bytes).await?,
            None => page.state = PageState::Failed(LOST.to_owned()),
        }
        self.store.end_page(&page).await
    }

    async fn take_file(&self, source: &Source, page: &mut Page, bytes: Vec<u8>) -> Result<()> {
        let name = source.name.clone();
        let media_type = source.media_type.clone().unwrap_or_default();
        // Parsing and cutting take a while on a large file; other pages go on meanwhile.
        let read = tokio::task::spawn_blocking(move || {
            let document = file::read(&name, &media_type, &bytes)?;
            let chunks = chunk::chunks_of_file(&document, &name);
            Ok::<_, knowledge::PageError>((fingerprint(&document), chunks))
        });
        match read.await.map_err(Error::internal)? {
            Ok((hash, mut chunks)) => {
                name_chunks(&page.url, &mut chunks);
                page.chunks = u32::try_from(chunks.len()).unwrap_or(u32::MAX);
                page.words = chunks.iter().map(|c| text::word_count(&c.content)).sum();
                let (etag, last_modified, found_at) = (None, None, None);
                let at = Timestamp::now();
                page.copy = Some(PageCopy { hash, etag, last_modified, found_at, at });
                page.stored = true;
                page.state = PageState::Read;
                self.store.put_chunks(page, &chunks).await
            }
            Err(error) => {
                tracing::info!(source = %source.id, %error, "a file could not be read");
                page.state = PageState::Failed(error.to_string());
                Ok(())
            }
        }
    }
}
