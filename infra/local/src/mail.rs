//! Where mail is written, since nothing is sent from here.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{LocalError, Options, Result};

/// A folder of letters: with the data, or, where none is kept, one that goes with the platform.
pub struct MailFolder {
    path: PathBuf,
    _goes_with_it: Option<TempDir>,
}

impl MailFolder {
    pub fn new(options: &Options) -> Result<Self> {
        if options.memory {
            let folder = tempfile::tempdir().map_err(LocalError::of)?;
            return Ok(Self { path: folder.path().join("mail"), _goes_with_it: Some(folder) });
        }
        // Absolute, since functions may run elsewhere.
        let path = std::path::absolute(options.data.join("mail")).map_err(LocalError::of)?;
        Ok(Self { path, _goes_with_it: None })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}
