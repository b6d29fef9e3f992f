//! Reading the file of a file source: its one page. From there on it is a crawl like any other,
//! but that nothing leads on and nobody begins it again. A file that is sent later is looked for
//! again and again, until it is there or not waited for any more.

use std::time::Duration;

use domain::{
    Error, Result, Source, SourceFile, Timestamp,
    source::{Page, PageCopy, PageState},
};
use knowledge::{PageError, chunk, file};

use crate::{adapters::files::FileOf, crawl::Crawl, crawl::page::fingerprint};

/// What the owner of a file is told that is not there.
const LOST: &str = "the file is not there any more";
/// What the owner of a file is told that never was.
const NOT_SENT: &str = "the file did not arrive";
/// Between two looks for a file, at the least and at the most.
const LOOKS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

impl Crawl {
    /// Reads the file; or the time after which to look for it again.
    pub(crate) async fn read_file(
        &self,
        source: &Source,
        mut page: Page,
    ) -> Result<Option<Duration>> {
        let file = source.file.clone().ok_or_else(|| Error::internal("a file without facts"))?;
        match self.files.get(FileOf::source(source)).await? {
            Some(bytes) => {
                self.store.crawl_started(source).await?;
                self.take_file(source, &mut page, file, bytes).await?;
            }
            None => {
                let (made, now) = (source.created_at, Timestamp::now());
                if let Some(wait) = wait(made, file.awaited_until, now) {
                    return Ok(Some(wait));
                }
                let reason = if file.awaited_until.is_some() { NOT_SENT } else { LOST };
                page.state = PageState::Failed(reason.to_owned());
            }
        }
        self.store.end_page(&page).await.map(|()| None)
    }

    async fn take_file(
        &self,
        source: &Source,
        page: &mut Page,
        file: SourceFile,
        bytes: Vec<u8>,
    ) -> Result<()> {
        let name = source.name.clone();
        // Parsing and cutting take a while on a large file; other pages go on meanwhile.
        let reader = self.reader();
        let read = tokio::task::spawn_blocking(move || read(&reader, &name, &file, &bytes)).await;
        match read.map_err(Error::internal)? {
            Ok((hash, chunks)) => {
                let (etag, last_modified, found_at) = (None, None, None);
                let copy = PageCopy { hash, etag, last_modified, found_at, at: Timestamp::now() };
                page.state = PageState::Read;
                self.keep_passages(page, copy, chunks).await
            }
            Err(reason) => {
                tracing::info!(source = %source.id, reason, "a file could not be read");
                page.state = PageState::Failed(reason);
                Ok(())
            }
        }
    }
}

type Passages = (String, Vec<domain::source::Chunk>);

/// The hash and the passages of a file, or why it can't be read.
fn read(reader: &str, name: &str, file: &SourceFile, bytes: &[u8]) -> Result<Passages, String> {
    // Of one that was sent later nobody has looked at what is in it.
    file::check(&file.media_type, bytes).map_err(|why| format!("the file {why}"))?;
    let document =
        file::read(name, &file.media_type, bytes).map_err(|why: PageError| why.to_string())?;
    Ok((fingerprint(reader, &document), chunk::chunks_of_file(&document, name)))
}

/// How long to wait for a file, if it is waited for at all: the longer, the longer it has been.
fn wait(made: Timestamp, until: Option<Timestamp>, now: Timestamp) -> Option<Duration> {
    let until = until.filter(|until| now < *until)?;
    let left = until.since(now).max(LOOKS.0);
    Some((now.since(made) / 4).clamp(LOOKS.0, LOOKS.1).min(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_looked_for_less_and_less_often_until_it_is_not_waited_for() {
        let made = Timestamp::from_millis(0);
        let until = Some(made.plus(Duration::from_secs(1_200)));
        let after = |seconds: u64| {
            let now = made.plus(Duration::from_secs(seconds));
            wait(made, until, now).map(|wait| wait.as_secs())
        };
        let waits = [0, 2, 8, 40, 200, 400, 1_190, 1_199].map(after);
        assert_eq!(waits, [1, 1, 2, 10, 50, 60, 10, 1].map(Some));
        assert_eq!((after(1_200), after(2_000)), (None, None));
        assert_eq!(wait(made, None, made), None, "one that was there is lost");
    }
}
