//! Uploaded files: in an S3 bucket (feature `s3`), or in a folder on one machine. The key of a
//! file is `{chatbot}/{source}`; nothing that a client names is part of it.

#[cfg(feature = "s3")]
mod bucket;
mod folder;

use std::{path::PathBuf, time::Duration};

use domain::{ChatbotId, Error, Result, SourceId};

#[cfg(feature = "s3")]
pub use bucket::{Bucket, BucketConfig};
pub use folder::FileFolder;

/// Which file: that of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileKey {
    /// The chatbot that reads it.
    pub chatbot: ChatbotId,
    /// The source.
    pub source: SourceId,
}

impl FileKey {
    fn key(self) -> String {
        format!("{}/{}", self.chatbot, self.source)
    }
}

/// Where files are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Files {
    /// In S3.
    #[cfg(feature = "s3")]
    Bucket(Bucket),
    /// In a folder, for one machine.
    Folder(FileFolder),
}

impl Files {
    /// In a bucket.
    ///
    /// # Errors
    ///
    /// If there is no such address, or the machine's root certificates can't be read.
    #[cfg(feature = "s3")]
    pub fn bucket(config: BucketConfig) -> Result<Self> {
        Bucket::new(config).map(Self::Bucket)
    }

    /// In the folder at `path`.
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        Self::Folder(FileFolder::new(path))
    }

    /// Whether files are in a folder.
    pub fn is_folder(&self) -> bool {
        match self {
            #[cfg(feature = "s3")]
            Self::Bucket(_) => false,
            Self::Folder(_) => true,
        }
    }

    /// Keeps `bytes`, whole or not at all; they take the place of what was there.
    pub async fn put(&self, of: FileKey, bytes: Vec<u8>) -> Result<()> {
        match self {
            #[cfg(feature = "s3")]
            Self::Bucket(bucket) => bucket.put(of, bytes).await,
            Self::Folder(folder) => folder.put(of, &bytes).await,
        }
    }

    /// The bytes of a file, or `None` if it is not there. One that is larger than any file that
    /// is taken is an error.
    pub async fn get(&self, of: FileKey) -> Result<Option<Vec<u8>>> {
        match self {
            #[cfg(feature = "s3")]
            Self::Bucket(bucket) => bucket.get(of).await,
            Self::Folder(folder) => folder.get(of).await,
        }
    }

    /// Where a file of exactly `size` bytes can be sent to by whoever has the address, within
    /// `time` and without a key; nowhere, if files are in a folder.
    #[cfg_attr(
        not(feature = "s3"),
        expect(unused_variables, reason = "only a bucket has addresses")
    )]
    pub async fn address(&self, of: FileKey, size: u64, time: Duration) -> Result<Option<String>> {
        match self {
            #[cfg(feature = "s3")]
            Self::Bucket(bucket) => bucket.address(of, size, time).await.map(Some),
            Self::Folder(_) => Ok(None),
        }
    }

    /// Copies a file; `false` if there is none.
    pub async fn copy(&self, from: FileKey, to: FileKey) -> Result<bool> {
        match self {
            #[cfg(feature = "s3")]
            Self::Bucket(bucket) => bucket.copy(from, to).await,
            Self::Folder(folder) => {
                let Some(bytes) = folder.get(from).await? else { return Ok(false) };
                folder.put(to, &bytes).await.map(|()| true)
            }
        }
    }

    /// Removes a file. One that is not there is removed already.
    pub async fn remove(&self, of: FileKey) -> Result<()> {
        match self {
            #[cfg(feature = "s3")]
            Self::Bucket(bucket) => bucket.remove(of.key()).await,
            Self::Folder(folder) => folder.remove(of).await,
        }
    }

    /// Removes all files of a chatbot, those too that no source knows of.
    pub async fn remove_all(&self, chatbot: ChatbotId) -> Result<()> {
        match self {
            #[cfg(feature = "s3")]
            Self::Bucket(bucket) => bucket.remove_all(chatbot).await,
            Self::Folder(folder) => folder.remove_all(chatbot).await,
        }
    }
}

fn too_large(bytes: u64) -> Error {
    Error::internal(format!("a file of {bytes} bytes, which no one may have uploaded"))
}
