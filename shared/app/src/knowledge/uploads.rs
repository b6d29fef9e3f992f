//! File sources: what is taken of an upload, and where it goes. The crawl worker reads it, in
//! [`crate::crawl`].

use domain::{
    Chatbot, ChatbotId, CrawlId, Error, ErrorKind, Result, Source, SourceFile, SourceId,
    SourceKind, SourceStatus, SyncFrequency, Timestamp, WorkspaceId, bounds,
    source::{MAX_FILE_BYTES, Page, UPLOAD_GRACE, UPLOAD_TIME},
};
use knowledge::file;

use crate::{
    App,
    adapters::files::{FileKey, Files},
};

/// The field that errors are about, as clients know it.
const FIELD: &str = "file";

/// A file to add, its bounds checked.
#[derive(Debug, Clone)]
pub struct NewFile {
    name: String,
    media_type: String,
    bytes: Vec<u8>,
}

/// A file that is to be sent later, its bounds checked.
#[derive(Debug, Clone)]
pub struct AnnouncedFile {
    name: String,
    media_type: String,
    size: u64,
}

/// How a file can be sent whose source is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingUpload {
    /// The address to send it to, which is key enough. Without one the file comes to
    /// [`App::receive_file`].
    pub address: Option<String>,
    /// When it has to be on its way.
    pub until: Timestamp,
}

impl NewFile {
    /// Checks the bounds: a name of at most 255 characters, of which a path in front is dropped; a
    /// type that can be read, by that name or as `declared`; from one byte to
    /// [`MAX_FILE_BYTES`], which have to look like that type.
    pub fn new(name: Option<&str>, declared: Option<&str>, bytes: Vec<u8>) -> Result<Self> {
        bounded(bytes.len() as u64)?;
        let name = named(FIELD, name)?;
        if bytes.is_empty() {
            return Err(Error::field(FIELD, "must not be empty"));
        }
        let refused = |why: file::FileTypeError| Error::field(FIELD, why.to_string());
        let media_type = file::media_type(&name, declared).map_err(refused)?;
        file::check(&media_type, &bytes).map_err(refused)?;
        Ok(Self { name, media_type, bytes })
    }
}

impl AnnouncedFile {
    /// Checks the same of what is said of a file, in the fields `name`, `type` and `size`.
    pub fn new(name: Option<&str>, declared: Option<&str>, size: Option<u64>) -> Result<Self> {
        let name = named("name", Some(bounds::required("name", name)?))?;
        let size = bounds::required("size", size)?;
        bounded(size)?;
        if size == 0 {
            return Err(Error::field("size", "must be at least 1"));
        }
        let media_type = file::media_type(&name, declared).map_err(|why| {
            Error::field(if declared.is_some() { "type" } else { "name" }, why.to_string())
        })?;
        Ok(Self { name, media_type, size })
    }
}

fn bounded(size: u64) -> Result<()> {
    if size <= MAX_FILE_BYTES as u64 {
        return Ok(());
    }
    let message = format!("the file must have at most {MAX_FILE_BYTES} bytes");
    Err(Error::new(ErrorKind::PayloadTooLarge, message))
}

fn named(field: &str, name: Option<&str>) -> Result<String> {
    let name = name.ok_or_else(|| Error::field(field, "must have a file name"))?;
    // Some clients send where the file was on their machine.
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    if name.contains(|c: char| c.is_control()) {
        return Err(Error::field(field, "must have a name without control characters"));
    }
    let told = |error: Error| match (field, error.fields.first()) {
        (FIELD, Some(why)) => Error::field(field, format!("has a name that {}", why.message)),
        _ => error,
    };
    bounds::text(field, name, bounds::FILE_NAME).map_err(told)
}

fn file_source(
    chatbot: &Chatbot,
    name: String,
    file: Option<SourceFile>,
    now: Timestamp,
) -> Source {
    let (kind, sync) = (SourceKind::File, SyncFrequency::Manual);
    Source { file, ..Source::queued(chatbot, kind, name, sync, now) }
}

impl FileKey {
    /// The file of `source`.
    pub fn source(source: &Source) -> Self {
        Self { chatbot: source.chatbot_id, source: source.id }
    }
}

impl App {
    /// Adds a file, to be read at once. The same file once more is another source.
    pub async fn add_file(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        new: NewFile,
        files: &Files,
    ) -> Result<Source> {
        let chatbot = self.chatbot(workspace, chatbot).await?;
        let NewFile { name, media_type, bytes } = new;
        let size = bytes.len() as u64;
        let file = SourceFile { media_type, size, awaited_until: None };
        let source = file_source(&chatbot, name, Some(file), self.now());
        // The file first: a source in the table is one that can be read.
        files.put(FileKey::source(&source), bytes).await?;
        self.put_file(&chatbot, &source, files).await?;
        Ok(source)
    }

    /// Replaces the file of a source by a new version, to be read at once. Answers are drawn from the
    /// old one until the new one is read, and after that only if the new one can't be read.
    pub async fn replace_file(
        &self,
        chatbot: ChatbotId,
        id: SourceId,
        new: NewFile,
        files: &Files,
    ) -> Result<Source> {
        let source = self.source(chatbot, id).await?;
        if source.kind != SourceKind::File {
            return Err(Error::not_found("source"));
        }
        let being_read = || Error::new(ErrorKind::Conflict, "the source is being read");
        if source.is_crawling() {
            return Err(being_read());
        }
        let NewFile { name, media_type, bytes } = new;
        let file = SourceFile { media_type, size: bytes.len() as u64, awaited_until: None };
        let named = Source { name, ..source.clone() };
        let page = Page::first(&named, CrawlId::new());
        // The file first: a crawl that has begun can read it. Where none begins, the file is there
        // for the next attempt, and nothing else reads it.
        files.put(FileKey::source(&source), bytes).await?;
        match self.store.begin_file(&source, &page, &file, self.now()).await? {
            true => self.source(chatbot, id).await,
            false => Err(being_read()),
        }
    }

    /// Adds a file that is sent later. It is waited for until some minutes after `until` of what
    /// is answered; then the source has failed.
    pub async fn announce_file(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        new: AnnouncedFile,
        files: &Files,
    ) -> Result<(Source, PendingUpload)> {
        let chatbot = self.chatbot(workspace, chatbot).await?;
        let AnnouncedFile { name, media_type, size } = new;
        let until = self.now().plus(UPLOAD_TIME);
        let awaited_until = Some(until.plus(UPLOAD_GRACE));
        let file = SourceFile { media_type, size, awaited_until };
        let source = file_source(&chatbot, name, Some(file), self.now());
        let address = files.address(FileKey::source(&source), size, UPLOAD_TIME).await?;
        let page = Page::first(&source, source.job);
        self.store.put_file_source(&chatbot, &source, &page).await?;
        Ok((source, PendingUpload { address, until }))
    }

    /// Takes the file that a source waits for, where no address takes it: it is not there yet, and
    /// has exactly the size that was announced.
    pub async fn receive_file(
        &self,
        chatbot: ChatbotId,
        id: SourceId,
        bytes: Vec<u8>,
        files: &Files,
    ) -> Result<()> {
        let source = self.source(chatbot, id).await?;
        let of = FileKey::source(&source);
        let file = source.file.filter(|_| files.is_folder());
        let file = file.ok_or_else(|| Error::not_found("source"))?;
        let waits = source.status == SourceStatus::Pending
            && file.awaited_until.is_some_and(|until| self.now() < until);
        if !waits || files.get(of).await?.is_some() {
            return Err(Error::new(ErrorKind::Conflict, "the source is not awaiting an upload"));
        }
        if bytes.len() as u64 != file.size {
            let message = format!("must have exactly {} bytes, as was announced", file.size);
            return Err(Error::field(FIELD, message));
        }
        files.put(of, bytes).await
    }

    /// Adds `source`, whose file is there already and goes again if there is no room.
    async fn put_file(&self, chatbot: &Chatbot, source: &Source, files: &Files) -> Result<()> {
        let page = Page::first(source, source.job);
        let put = self.store.put_file_source(chatbot, source, &page).await;
        let Err(error) = put else { return Ok(()) };
        // After a failure of ours the source may be there all the same. What it is not, goes with
        // the chatbot.
        if error.kind != ErrorKind::Internal {
            files.remove(FileKey::source(source)).await?;
        }
        Err(error)
    }

    /// Gives `twin`, a source that is to be of another chatbot, a file like that of `source`;
    /// `false` if there is none.
    pub(crate) async fn copy_file(
        &self,
        source: &Source,
        twin: &Source,
        files: &Files,
    ) -> Result<bool> {
        files.copy(FileKey::source(source), FileKey::source(twin)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(name: &str, declared: Option<&str>, bytes: &[u8]) -> Result<NewFile> {
        NewFile::new(Some(name), declared, bytes.to_vec())
    }

    #[test]
    fn a_name_has_no_path_and_a_bound() {
        let name = |name: &str| new(name, Some("text/plain"), b"One.").map(|new| new.name);
        assert_eq!(name("C:\\docs\\a.txt").unwrap(), "a.txt");
        assert_eq!(name("../../a.txt").unwrap(), "a.txt");
        assert_eq!(name(" größe.txt ").unwrap(), "größe.txt");
        assert_eq!(name(&"ß".repeat(255)).unwrap().chars().count(), 255);
        let said = |given: &str| name(given).unwrap_err().message;
        assert_eq!(said(&"a".repeat(256)), "file has a name that must have at most 255 characters");
        assert_eq!(said("a/"), "file has a name that must not be empty");
        assert_eq!(said("a\nb.txt"), "file must have a name without control characters");
        let none = NewFile::new(None, Some("text/plain"), b"One.".to_vec()).unwrap_err();
        assert_eq!(none.message, "file must have a file name");
    }

    #[test]
    fn a_file_has_from_one_byte_to_ten_mebibytes_of_a_type_that_can_be_read() {
        let kind = |bytes: &[u8]| new("a.txt", None, bytes).map_err(|error| error.kind);
        assert!(kind(&[b'a'; MAX_FILE_BYTES]).is_ok());
        assert_eq!(kind(&[b'a'; MAX_FILE_BYTES + 1]).unwrap_err(), ErrorKind::PayloadTooLarge);
        assert_eq!(kind(b"").unwrap_err(), ErrorKind::Validation);
        assert_eq!(kind(b"%PDF-1.7").unwrap_err(), ErrorKind::Validation);
        assert_eq!(new("a.docx", None, b"a").unwrap_err().fields[0].field, FIELD);
    }

    #[test]
    fn what_is_announced_has_the_same_bounds() {
        let new = |name: Option<&str>, declared: Option<&str>, size: Option<u64>| {
            let said = |error: Error| (error.kind, error.message);
            AnnouncedFile::new(name, declared, size).map(|new| new.media_type).map_err(said)
        };
        let most = MAX_FILE_BYTES as u64;
        assert_eq!(new(Some("docs/a.md"), None, Some(most)).unwrap(), "text/markdown");
        assert_eq!(new(Some("a"), Some("text/html"), Some(1)).unwrap(), "text/html");
        let large = new(Some("a.md"), None, Some(most + 1)).unwrap_err();
        assert_eq!(large.0, ErrorKind::PayloadTooLarge);
        for (name, declared, size, message) in [
            (None, None, Some(1), "name is required"),
            (Some(" "), None, Some(1), "name must not be empty"),
            (Some("a.md"), None, None, "size is required"),
            (Some("a.md"), None, Some(0), "size must be at least 1"),
            (Some("a.doc"), None, Some(1), "name must be HTML, plain text, Markdown, PDF"),
            (Some("a.md"), Some("image/png"), Some(1), "type must be HTML, plain text, Markdown"),
        ] {
            let (kind, said) = new(name, declared, size).unwrap_err();
            assert_eq!(kind, ErrorKind::Validation);
            assert!(said.starts_with(message), "{said}");
        }
    }
}
