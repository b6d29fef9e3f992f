//! Seeds: files of this crate by target, and of the corpus that extraction is measured on.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::targets::Target;

/// Bytes of a seed that are used; mutations of long ones are slow and find little more.
const MAX_SEED: usize = 64 * 1024;

/// The seeds of a target.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// Each as it is.
    pub seeds: Vec<Vec<u8>>,
}

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

impl Corpus {
    /// Those of `target`, in the order of their names; an empty one where there is none.
    pub fn of(target: &Target) -> Self {
        let bench = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bench/corpus");
        let mut paths = files(&folder(target.name), &[""]);
        for (under, endings) in target.from_bench {
            paths.extend(files(&bench.join(under), endings));
        }
        let mut seeds: Vec<Vec<u8>> = paths.iter().filter_map(|path| fs::read(path).ok()).collect();
        seeds.iter_mut().for_each(|seed| seed.truncate(MAX_SEED));
        if seeds.is_empty() {
            seeds.push(Vec::new());
        }
        Self { seeds }
    }
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_file())
        .filter(|path| endings.iter().any(|end| path.to_string_lossy().ends_with(end)))
        .collect();
    paths.sort();
    paths
}

/// Keeps an input that failed among the seeds of `target`, so that every later run begins with it; where
/// it is.
pub fn keep(target: &str, input: &[u8]) -> io::Result<PathBuf> {
    let folder = folder(target);
    fs::create_dir_all(&folder)?;
    let sum =
        input.iter().fold(0u64, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
    let path = folder.join(format!("failed-{sum:016x}"));
    fs::write(&path, input)?;
    Ok(path)
}
