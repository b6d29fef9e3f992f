//! Folders in the place of services: of letters, since nothing is sent from here, and of uploaded
//! files, in the place of a bucket.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{LocalError, Options, Result};

/// A folder: with the data, or, where none is kept, one that goes with the platform.
pub struct DataFolder {
    path: PathBuf,
    _goes_with_it: Option<TempDir>,
}

impl DataFolder {
    pub fn new(options: &Options, name: &str) -> Result<Self> {
        if options.memory {
            let folder = tempfile::tempdir().map_err(LocalError::of)?;
            return Ok(Self { path: folder.path().join(name), _goes_with_it: Some(folder) });
        }
        // Absolute, since functions may run elsewhere.
        let path = std::path::absolute(options.data.join(name)).map_err(LocalError::of)?;
        Ok(Self { path, _goes_with_it: None })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}
