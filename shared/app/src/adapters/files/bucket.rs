//! Files in an S3 bucket.

use std::time::Duration;

use aws_sdk_s3::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::get_object::GetObjectError,
    presigning::PresigningConfig,
    primitives::ByteStream,
};
use domain::{ChatbotId, Error, Result, source::MAX_FILE_BYTES};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};

use super::{FileKey, too_large};

/// Files of a chatbot that are removed at the same time.
const REMOVED_AT_ONCE: usize = 8;
/// Names that S3 gives at a time, which is as many as it ever does.
const LISTED_AT_ONCE: i32 = 1_000;

/// A bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    client: Client,
    name: String,
}

/// What S3 answered, with what is behind it.
fn failed<E: std::error::Error + Send + Sync + 'static>(error: &SdkError<E>) -> Error {
    Error::internal(DisplayErrorContext(error).to_string())
}

impl Bucket {
    pub(super) fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    pub(super) async fn put(&self, of: FileKey, bytes: Vec<u8>) -> Result<()> {
        let request = self.client.put_object().bucket(&self.name).key(of.key());
        // On the heap, since the client's futures nest too deep for the compiler.
        let sent = request.body(ByteStream::from(bytes)).send().boxed();
        sent.await.map(drop).map_err(|e| failed(&e))
    }

    pub(super) async fn get(&self, of: FileKey) -> Result<Option<Vec<u8>>> {
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
    pub(super) async fn copy(&self, from: FileKey, to: FileKey) -> Result<bool> {
        let source = format!("{}/{}", self.name, from.key());
        let request = self.client.copy_object().copy_source(source);
        match request.bucket(&self.name).key(to.key()).send().boxed().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("NoSuchKey") => Ok(false),
            Err(error) => Err(failed(&error)),
        }
    }

    pub(super) async fn address(&self, of: FileKey, size: u64, time: Duration) -> Result<String> {
        let size = i64::try_from(size).map_err(Error::internal)?;
        let time = PresigningConfig::expires_in(time).map_err(Error::internal)?;
        let request = self.client.put_object().bucket(&self.name).key(of.key());
        // A length that is signed is the only one that S3 takes.
        let signed = request.content_length(size).presigned(time).boxed();
        signed.await.map(|signed| signed.uri().to_owned()).map_err(|e| failed(&e))
    }

    pub(super) async fn remove(&self, key: String) -> Result<()> {
        let sent = self.client.delete_object().bucket(&self.name).key(key).send().boxed();
        sent.await.map(drop).map_err(|e| failed(&e))
    }

    pub(super) async fn remove_all(&self, chatbot: ChatbotId) -> Result<()> {
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

#[cfg(test)]
#[path = "bucket_tests.rs"]
mod tests;
