//! Files in a folder, for one machine.

use std::{
    io::ErrorKind as IoErrorKind,
    path::{Path, PathBuf},
};

use domain::{ChatbotId, Error, Result, source::MAX_FILE_BYTES};
use tokio::{fs, io::AsyncWriteExt};

use super::{FileKey, too_large};
use crate::adapters::random;

/// A folder that has one for each chatbot. It is made when the first file comes.
#[derive(Debug, Clone)]
pub struct FileFolder(PathBuf);

impl FileFolder {
    pub(super) fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    fn at(&self, of: FileKey) -> PathBuf {
        self.0.join(of.key())
    }

    pub(super) async fn put(&self, of: FileKey, bytes: &[u8]) -> Result<()> {
        // Of two at once each has a draft of its own.
        let draft = format!("draft-{}", random::hex_digits(16)?);
        let file = self.at(of);
        self.write(&file, &file.with_extension(draft), bytes).await.map_err(Error::internal)
    }

    async fn write(&self, file: &Path, draft: &Path, bytes: &[u8]) -> std::io::Result<()> {
        let folder = file.parent().unwrap_or(&self.0);
        // What customers know is its owner's alone.
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).await?;
        let moved = match write(draft, bytes).await {
            Ok(()) => fs::rename(draft, file).await,
            Err(error) => Err(error),
        };
        if moved.is_err() {
            // The draft may not even be there; what went wrong first is what is told.
            let _ = fs::remove_file(draft).await;
        }
        moved
    }

    pub(super) async fn get(&self, of: FileKey) -> Result<Option<Vec<u8>>> {
        let file = self.at(of);
        let bytes = match fs::metadata(&file).await {
            Ok(found) => found.len(),
            Err(error) if error.kind() == IoErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::internal(error)),
        };
        if bytes > MAX_FILE_BYTES as u64 {
            return Err(too_large(bytes));
        }
        match fs::read(&file).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == IoErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::internal(error)),
        }
    }

    pub(super) async fn remove(&self, of: FileKey) -> Result<()> {
        absent_is_fine(fs::remove_file(self.at(of)).await)
    }

    pub(super) async fn remove_all(&self, chatbot: ChatbotId) -> Result<()> {
        absent_is_fine(fs::remove_dir_all(self.0.join(chatbot.to_string())).await)
    }
}

async fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    let mut out = options.write(true).create_new(true).mode(0o600).open(file).await?;
    out.write_all(bytes).await?;
    out.sync_all().await
}

fn absent_is_fine(removed: std::io::Result<()>) -> Result<()> {
    match removed {
        Err(error) if error.kind() != IoErrorKind::NotFound => Err(Error::internal(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use domain::SourceId;

    use super::*;
    use crate::adapters::files::Files;

    fn file() -> FileKey {
        FileKey {
            chatbot: "0197a000-0000-7000-8000-000000000001".parse().unwrap(),
            source: "0197a000-0000-7000-8000-000000000002".parse().unwrap(),
        }
    }

    #[tokio::test]
    async fn a_folder_keeps_files_for_its_owner_alone_and_forgets_them() {
        use std::os::unix::fs::PermissionsExt;

        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("files");
        let files = Files::folder(&root);
        assert_eq!(files.get(file()).await.unwrap(), None);
        files.remove(file()).await.unwrap();
        files.remove_all(file().chatbot).await.unwrap();

        files.put(file(), b"One.".to_vec()).await.unwrap();
        files.put(file(), b"Two.".to_vec()).await.unwrap();
        assert_eq!(files.get(file()).await.unwrap().as_deref(), Some(&b"Two."[..]));
        let at = root.join(file().key());
        let rights = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (rights(&at), rights(at.parent().unwrap()), rights(&root)),
            (0o600, 0o700, 0o700)
        );
        let other = FileKey { source: SourceId::new(), ..file() };
        assert!(files.copy(file(), other).await.unwrap());
        assert!(!files.copy(FileKey { source: SourceId::new(), ..file() }, other).await.unwrap());
        assert_eq!(std::fs::read_dir(at.parent().unwrap()).unwrap().count(), 2, "no draft is left");

        files.remove(file()).await.unwrap();
        assert_eq!(files.get(file()).await.unwrap(), None);
        assert_eq!(files.get(other).await.unwrap().as_deref(), Some(&b"Two."[..]));
        files.remove_all(file().chatbot).await.unwrap();
        assert_eq!(files.get(other).await.unwrap(), None);
        assert!(!at.parent().unwrap().exists());

        // What can't be written is told, and leaves nothing.
        std::fs::write(root.join(file().chatbot.to_string()), "in the way").unwrap();
        assert!(files.put(file(), b"One.".to_vec()).await.is_err());
        assert!(files.get(file()).await.is_err());
    }
}
