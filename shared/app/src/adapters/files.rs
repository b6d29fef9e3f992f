//! Uploaded files: in an S3 bucket, or in a folder on one machine. The key of a file is
//! `{chatbot}/{source}`; nothing that a client names is part of it.

use std::{
    io::ErrorKind as IoErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

use aws_sdk_s3::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::get_object::GetObjectError,
    presigning::PresigningConfig,
    primitives::ByteStream,
};
use domain::{ChatbotId, Error, Result, SourceId, source::MAX_FILE_BYTES};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use tokio::{fs, io::AsyncWriteExt};

use crate::adapters::random;

/// Files of a chatbot that are removed at the same time.
const REMOVED_AT_ONCE: usize = 8;
/// Names that S3 gives at a time, which is as many as it ever does.
const LISTED_AT_ONCE: i32 = 1_000;

/// Which file: that of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileOf {
    /// The chatbot that reads it.
    pub chatbot: ChatbotId,
    /// The source.
    pub source: SourceId,
}

impl FileOf {
    fn key(self) -> String {
        format!("{}/{}", self.chatbot, self.source)
    }
}

/// Where files are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Files {
    /// In S3.
    Bucket(Bucket),
    /// In a folder, for one machine.
    Folder(Folder),
}

/// A bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    client: Client,
    name: String,
}

/// A folder that has one for each chatbot. It is made when the first file comes.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Files {
    /// In the bucket `name`.
    pub fn bucket(client: Client, name: impl Into<String>) -> Self {
        Self::Bucket(Bucket { client, name: name.into() })
    }

    /// In the folder at `path`.
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        Self::Folder(Folder(path.into()))
    }

    /// Keeps `bytes`, whole or not at all; they take the place of what was there.
    pub async fn put(&self, of: FileOf, bytes: Vec<u8>) -> Result<()> {
        match self {
            Self::Bucket(bucket) => bucket.put(of, bytes).await,
            Self::Folder(folder) => folder.put(of, &bytes).await,
        }
    }

    /// The bytes of a file, or `None` if it is not there. One that is larger than any file that
    /// is taken is an error.
    pub async fn get(&self, of: FileOf) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Bucket(bucket) => bucket.get(of).await,
            Self::Folder(folder) => folder.get(of).await,
        }
    }

    /// Where a file of exactly `size` bytes can be sent to by whoever has the address, within
    /// `time` and without a key; nowhere, if files are in a folder.
    pub async fn address(&self, of: FileOf, size: u64, time: Duration) -> Result<Option<String>> {
        match self {
            Self::Bucket(bucket) => bucket.address(of, size, time).await.map(Some),
            Self::Folder(_) => Ok(None),
        }
    }

    /// Copies a file; `false` if there is none.
    pub async fn copy(&self, from: FileOf, to: FileOf) -> Result<bool> {
        match self {
            Self::Bucket(bucket) => bucket.copy(from, to).await,
            Self::Folder(folder) => {
                let Some(bytes) = folder.get(from).await? else { return Ok(false) };
                folder.put(to, &bytes).await.map(|()| true)
            }
        }
    }

    /// Removes a file. One that is not there is removed already.
    pub async fn remove(&self, of: FileOf) -> Result<()> {
        match self {
            Self::Bucket(bucket) => bucket.remove(of.key()).await,
            Self::Folder(folder) => absent_is_fine(fs::remove_file(folder.at(of)).await),
        }
    }

    /// Removes all files of a chatbot, those too that no source knows of.
    pub async fn remove_all(&self, chatbot: ChatbotId) -> Result<()> {
        match self {
            Self::Bucket(bucket) => bucket.remove_all(chatbot).await,
            Self::Folder(Folder(path)) => {
                absent_is_fine(fs::remove_dir_all(path.join(chatbot.to_string())).await)
            }
        }
    }
}

/// What S3 answered, with what is behind it.
fn failed<E: std::error::Error + Send + Sync + 'static>(error: &SdkError<E>) -> Error {
    Error::internal(DisplayErrorContext(error).to_string())
}

fn too_large(bytes: u64) -> Error {
    Error::internal(format!("a file of {bytes} bytes, which nobody may have uploaded"))
}

impl Bucket {
    async fn put(&self, of: FileOf, bytes: Vec<u8>) -> Result<()> {
        let request = self.client.put_object().bucket(&self.name).key(of.key());
        // On the heap, since the client's futures nest too deep for the compiler.
        let sent = request.body(ByteStream::from(bytes)).send().boxed();
        sent.await.map(drop).map_err(|e| failed(&e))
    }

    async fn get(&self, of: FileOf) -> Result<Option<Vec<u8>>> {
        let sent = self.client.get_object().bucket(&self.name).key(of.key()).send().boxed();
        let found = match sent.await {
            Ok(found) => found,
            Err(error)
                if matches!(error.as_service_error(), Some(GetObjectError::NoSuchKey(_))) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(failed(&error)),
        };
        let bytes = found.content_length().and_then(|n| u64::try_from(n).ok()).unwrap_or(u64::MAX);
        if bytes > MAX_FILE_BYTES as u64 {
            return Err(too_large(bytes));
        }
        let body = found.body.collect().await.map_err(Error::internal)?;
        Ok(Some(body.to_vec()))
    }

    /// Within S3: a chatbot's files are copied several at a time, which would fill the memory of
    /// a small function.
    async fn copy(&self, from: FileOf, to: FileOf) -> Result<bool> {
        let source = format!("{}/{}", self.name, from.key());
        let request = self.client.copy_object().copy_source(source);
        match request.bucket(&self.name).key(to.key()).send().boxed().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("NoSuchKey") => Ok(false),
            Err(error) => Err(failed(&error)),
        }
    }

    async fn address(&self, of: FileOf, size: u64, time: Duration) -> Result<String> {
        let size = i64::try_from(size).map_err(Error::internal)?;
        let time = PresigningConfig::expires_in(time).map_err(Error::internal)?;
        let request = self.client.put_object().bucket(&self.name).key(of.key());
        // A length that is signed is the only one that S3 takes.
        let signed = request.content_length(size).presigned(time).boxed();
        signed.await.map(|signed| signed.uri().to_owned()).map_err(|e| failed(&e))
    }

    async fn remove(&self, key: String) -> Result<()> {
        let sent = self.client.delete_object().bucket(&self.name).key(key).send().boxed();
        sent.await.map(drop).map_err(|e| failed(&e))
    }

    async fn remove_all(&self, chatbot: ChatbotId) -> Result<()> {
        loop {
            let request = self.client.list_objects_v2().bucket(&self.name);
            let request = request.prefix(format!("{chatbot}/")).max_keys(LISTED_AT_ONCE);
            let listed = request.send().boxed().await.map_err(|e| failed(&e))?;
            let more = listed.is_truncated().unwrap_or(false);
            let keys = listed.contents.unwrap_or_default().into_iter().filter_map(|o| o.key);
            stream::iter(keys)
                .map(|key| self.remove(key))
                .buffer_unordered(REMOVED_AT_ONCE)
                .try_collect::<()>()
                .await?;
            // What was removed is not listed again, so each round has others.
            if !more {
                return Ok(());
            }
        }
    }
}

impl Folder {
    fn at(&self, of: FileOf) -> PathBuf {
        self.0.join(of.key())
    }

    async fn put(&self, of: FileOf, bytes: &[u8]) -> Result<()> {
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

    async fn get(&self, of: FileOf) -> Result<Option<Vec<u8>>> {
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
mod tests;
