//! Reads the file of a file source: its one page. The rest is a crawl like any other, without
//! links and without syncs. A file that is uploaded later is looked for until it is there or its
//! time is over.

use std::time::Duration;

use domain::{
    Error, Result, Source, SourceFile, Timestamp,
    source::{Chunk, Page, PageState, Snapshot},
};
use knowledge::{PageError, chunk, file};
use store::Store;

use crate::{
    adapters::clock::SharedClock,
    adapters::files::{FileKey, Files},
    crawl::passages::{Passages, Unstored, fingerprint},
};

/// User-facing: the stored file is gone.
const LOST: &str = "the file is not there any more";
/// User-facing: the upload never arrived.
const NOT_SENT: &str = "the file did not arrive";
/// The shortest and the longest time between two looks for a file.
const POLL: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Reads files. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct FileReader {
    store: Store,
    files: Files,
    passages: Passages,
    clock: SharedClock,
}

impl FileReader {
    pub fn new(store: Store, files: Files, passages: Passages, clock: SharedClock) -> Self {
        Self { store, files, passages, clock }
    }

    /// Reads the file of `source`, whose page is `page`; or the time after which to look for it
    /// again.
    pub async fn read(&self, source: &Source, mut page: Page) -> Result<Option<Duration>> {
        let file = source.file.clone().ok_or_else(|| Error::internal("a file without facts"))?;
        match self.files.get(FileKey::source(source)).await? {
            Some(bytes) => {
                self.store.crawl_started(source).await?;
                self.take(source, &mut page, file, bytes).await?;
            }
            None => {
                let (made, now) = (source.created_at, self.clock.now());
                if let Some(delay) = poll_delay(made, file.awaited_until, now) {
                    return Ok(Some(delay));
                }
                let reason = if file.awaited_until.is_some() { NOT_SENT } else { LOST };
                page.state = PageState::Failed(reason.to_owned());
            }
        }
        self.store.end_page(&page).await.map(|()| None)
    }

    async fn take(
        &self,
        source: &Source,
        page: &mut Page,
        file: SourceFile,
        bytes: Vec<u8>,
    ) -> Result<()> {
        let name = source.name.clone();
        // Parsing and cutting take a while on a large file; other pages are read meanwhile.
        let reader = self.passages.reader();
        let read = tokio::task::spawn_blocking(move || read(&reader, &name, &file, &bytes)).await;
        match read.map_err(Error::internal)? {
            Ok((hash, chunks)) => {
                let at = self.clock.now();
                let (etag, last_modified, final_url) = (None, None, None);
                let snapshot = Snapshot { hash, etag, last_modified, final_url, at };
                page.state = PageState::Read;
                let mut unstored = Unstored::default();
                self.passages.keep(page, snapshot, chunks, &mut unstored).await?;
                self.passages.store(unstored).await
            }
            Err(reason) => {
                tracing::info!(source = %source.id, reason, "a file could not be read");
                page.state = PageState::Failed(reason);
                Ok(())
            }
        }
    }
}

/// The hash and the passages of a file, or why it can't be read.
fn read(
    reader: &str,
    name: &str,
    file: &SourceFile,
    bytes: &[u8],
) -> Result<(String, Vec<Chunk>), String> {
    // The content of one that was uploaded later has not been looked at yet.
    file::check(&file.media_type, bytes).map_err(|why| format!("the file {why}"))?;
    let document =
        file::read(name, &file.media_type, bytes).map_err(|why: PageError| why.to_string())?;
    Ok((fingerprint(reader, &document, &[]), chunk::chunks_of_file(&document, name)))
}

/// How long until the next look for a file that is awaited `until`: the longer, the longer it has
/// been. `None` once it is no longer awaited.
fn poll_delay(made: Timestamp, until: Option<Timestamp>, now: Timestamp) -> Option<Duration> {
    let until = until.filter(|until| now < *until)?;
    let left = until.since(now).max(POLL.0);
    Some((now.since(made) / 4).clamp(POLL.0, POLL.1).min(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_looked_for_less_and_less_often_until_it_is_no_longer_awaited() {
        let made = Timestamp::from_millis(0);
        let until = Some(made.plus(Duration::from_secs(1_200)));
        let after = |seconds: u64| {
            let now = made.plus(Duration::from_secs(seconds));
            poll_delay(made, until, now).map(|delay| delay.as_secs())
        };
        let delays = [0, 2, 8, 40, 200, 400, 1_190, 1_199].map(after);
        assert_eq!(delays, [1, 1, 2, 10, 50, 60, 10, 1].map(Some));
        assert_eq!((after(1_200), after(2_000)), (None, None));
        assert_eq!(poll_delay(made, None, made), None, "one that was there is lost");
    }
}
