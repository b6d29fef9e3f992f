use std::path::{Path, PathBuf};

use domain::Result;

use super::{Env, LocalConfig, Variable};

const FILES: Variable = Variable::required(
    "FILES",
    "S3 bucket of uploaded files; with `cargo dev` a folder, `files` in the data folder or, with \
     `--memory`, a temporary one",
);

/// Where uploaded files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilesConfig {
    /// In the bucket of this name.
    Bucket(String),
    /// In this folder, in the local run alone.
    Folder(PathBuf),
}

impl FilesConfig {
    pub(super) const VARIABLES: [Variable; 1] = [FILES];

    /// Reads it. In the local run an absolute path is a folder.
    pub fn read(env: &Env) -> Result<Self> {
        let place = FILES.get(env)?;
        Ok(match LocalConfig::read(env).is_local && Path::new(place).is_absolute() {
            true => Self::Folder(place.into()),
            false => Self::Bucket(place.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::env, *};

    #[test]
    fn only_the_local_run_keeps_files_in_a_folder() {
        let read =
            |local, place| FilesConfig::read(&env(&[("LOCAL_RUN", local), ("FILES", place)]));
        assert_eq!(read("true", "/a/folder").unwrap(), FilesConfig::Folder("/a/folder".into()));
        for (local, place) in [("true", "a-bucket"), ("", "a-bucket"), ("", "/a/folder")] {
            assert_eq!(read(local, place).unwrap(), FilesConfig::Bucket(place.to_owned()));
        }
    }
}
