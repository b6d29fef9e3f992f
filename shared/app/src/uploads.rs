//! File sources: what is taken of an upload, and where it goes. The crawl worker reads it, in
//! [`crate::crawl`].

use domain::{
    Chatbot, ChatbotId, Error, ErrorKind, JobId, Result, Source, SourceId, SourceKind,
    SourceStatus, SyncFrequency, Timestamp, WorkspaceId, bounds, source::MAX_FILE_BYTES,
};
use knowledge::file;

use crate::{
    Core,
    files::{FileOf, Files},
    knowledge::first_page,
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

impl NewFile {
    /// Checks the bounds: a name of at most 255 characters, of which a path in front is dropped; a
    /// type that can be read, by that name or as `declared`; from one byte to
    /// [`MAX_FILE_BYTES`], which have to look like that type.
    pub fn new(name: Option<&str>, declared: Option<&str>, bytes: Vec<u8>) -> Result<Self> {
        if bytes.len() > MAX_FILE_BYTES {
            let message = format!("the file must have at most {MAX_FILE_BYTES} bytes");
            return Err(Error::new(ErrorKind::PayloadTooLarge, message));
        }
        let name = name.ok_or_else(|| Error::field(FIELD, "must have a file name"))?;
        // Some clients send where the file was on their machine.
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        if name.contains(|c: char| c.is_control()) {
            return Err(Error::field(FIELD, "must have a name without control characters"));
        }
        let name = bounds::text("the name of file", name, bounds::FILE_NAME)
            .map_err(|error| Error::field(FIELD, format!("has a name that {}", told(&error))))?;
        if bytes.is_empty() {
            return Err(Error::field(FIELD, "must not be empty"));
        }
        let refused = |why: file::FileTypeError| Error::field(FIELD, why.to_string());
        let media_type = file::media_type(&name, declared).map_err(refused)?;
        file::check(&media_type, &bytes).map_err(refused)?;
        Ok(Self { name, media_type, bytes })
    }
}

/// What was wrong with the one field that `error` is about.
fn told(error: &Error) -> &str {
    error.fields.first().map_or(error.message.as_str(), |field| field.message.as_str())
}

fn file_source(chatbot: &Chatbot, name: String, media_type: Option<String>) -> Source {
    Source {
        id: SourceId::new(),
        chatbot_id: chatbot.id,
        workspace_id: chatbot.workspace_id,
        kind: SourceKind::File,
        name,
        media_type,
        status: SourceStatus::Pending,
        reason: None,
        sync: SyncFrequency::Manual,
        job: JobId::new(),
        active_job: None,
        chunk_count: 0,
        word_count: 0,
        created_at: Timestamp::now(),
        synced_at: None,
    }
}

impl FileOf {
    /// The file of `source`.
    pub fn source(source: &Source) -> Self {
        Self { chatbot: source.chatbot_id, source: source.id }
    }
}

impl Core {
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
        let source = file_source(&chatbot, name, Some(media_type));
        // The file first: a source in the table is one that can be read.
        files.put(FileOf::source(&source), bytes).await?;
        self.put_file(&chatbot, &source, files).await?;
        Ok(source)
    }

    /// Adds `source`, whose file is there already and goes again if there is no room.
    async fn put_file(&self, chatbot: &Chatbot, source: &Source, files: &Files) -> Result<()> {
        let page = first_page(source, source.job);
        let put = self.store.put_file_source(chatbot, source, &page).await;
        let Err(error) = put else { return Ok(()) };
        // After a failure of ours the source may be there all the same. What it is not, goes with
        // the chatbot.
        if error.kind != ErrorKind::Internal {
            files.remove(FileOf::source(source)).await?;
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
        files.copy(FileOf::source(source), FileOf::source(twin)).await
    }

    /// Adds a source to `chatbot` that is read from a file like that of `source`.
    pub(crate) async fn add_file_like(
        &self,
        source: &Source,
        chatbot: &Chatbot,
        files: &Files,
    ) -> Result<()> {
        let twin = file_source(chatbot, source.name.clone(), source.media_type.clone());
        // One that never arrived is nothing to copy.
        match self.copy_file(source, &twin, files).await? {
            true => self.put_file(chatbot, &twin, files).await,
            false => Ok(()),
        }
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
}
