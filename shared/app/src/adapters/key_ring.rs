//! The master keys of a deployment: one that seals, and those that sealed before it and still open. The
//! secret that holds them is the text of a single key, as a deployment begins with, or JSON:
//! `{"current": "1", "keys": {"0": "…", "1": "…"}}`.

use std::collections::BTreeMap;

use domain::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::adapters::random;

/// The id of the key that a deployment begins with. What it seals does not name it.
pub(super) const FIRST: &str = "0";
/// Characters of a master key at least.
const MIN_CHARACTERS: usize = 32;

/// Master keys by their ids.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRing {
    current: String,
    keys: BTreeMap<String, String>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing").field("current", &self.current).finish_non_exhaustive()
    }
}

impl KeyRing {
    /// Reads the text of the secret.
    pub fn parse(text: &str) -> Result<Self> {
        let ring = match text.trim_start().starts_with('{') {
            true => serde_json::from_str(text)
                .map_err(|_| Error::internal("the master keys are not the JSON of a key ring"))?,
            false => Self {
                current: FIRST.to_owned(),
                keys: BTreeMap::from([(FIRST.to_owned(), text.to_owned())]),
            },
        };
        if ring.keys.values().any(|key| key.len() < MIN_CHARACTERS) {
            return Err(Error::internal("a master key has fewer than 32 characters"));
        }
        let sound = |id: &String| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric());
        if !ring.keys.keys().all(sound) || !ring.keys.contains_key(&ring.current) {
            return Err(Error::internal("the master keys name no current one"));
        }
        Ok(ring)
    }

    /// The text of the secret.
    pub fn to_text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    /// Adds a key that opens what it seals from its activation on; its id.
    pub fn add(&mut self) -> Result<String> {
        let next = self.keys.keys().filter_map(|id| id.parse::<u32>().ok()).max().unwrap_or(0) + 1;
        self.keys.insert(next.to_string(), random::hex_digits(64)?);
        Ok(next.to_string())
    }

    /// Has the key `id` seal from now on.
    pub fn activate(&mut self, id: &str) -> Result<()> {
        match self.keys.contains_key(id) {
            true => {
                id.clone_into(&mut self.current);
                Ok(())
            }
            false => Err(Error::not_found("master key")),
        }
    }

    /// The id of the key that seals.
    pub fn current(&self) -> &str {
        &self.current
    }

    /// All keys: their ids and texts.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.keys.iter().map(|(id, key)| (id.as_str(), key.as_str()))
    }
}
