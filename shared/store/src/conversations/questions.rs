//! The questions asked most, an item per chatbot, kind and day, each written on the condition that
//! it is still of the version it was read in.

use domain::{
    ChatbotId, Days, Result,
    questions::{Asked, Sketch},
};
use serde::{Deserialize, Serialize};

use crate::{
    keys::{self, Key, QuestionKind},
    table::client::{Range, Store, key_in, read},
    table::compressed,
    table::write::Write,
};

#[derive(Serialize, Deserialize)]
struct AskedItem {
    question: String,
    count: u64,
    error: u64,
}

#[derive(Default, Serialize, Deserialize)]
struct SketchItem {
    #[serde(with = "compressed::list")]
    entries: Vec<AskedItem>,
    floor: u64,
    version: u64,
}

/// A day's sketch, and the version it was read in; 0 where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredSketch {
    /// What it counts.
    pub sketch: Sketch,
    pub(crate) version: u64,
}

impl From<SketchItem> for StoredSketch {
    fn from(from: SketchItem) -> Self {
        let SketchItem { entries, floor, version } = from;
        let entry = |AskedItem { question, count, error }| Asked { question, count, error };
        let sketch = Sketch { entries: entries.into_iter().map(entry).collect(), floor };
        Self { sketch, version }
    }
}

impl From<&StoredSketch> for SketchItem {
    fn from(from: &StoredSketch) -> Self {
        let StoredSketch { sketch: Sketch { entries, floor }, version } = from.clone();
        let entry = |Asked { question, count, error }| AskedItem { question, count, error };
        Self { entries: entries.into_iter().map(entry).collect(), floor, version }
    }
}

impl StoredSketch {
    /// As the next version, if it is still the one that was read.
    pub(crate) fn write(&self, key: Key) -> Result<Write> {
        let next = Self { sketch: self.sketch.clone(), version: self.version + 1 };
        let put = Write::put(key, &SketchItem::from(&next))?;
        match self.version {
            0 => Ok(put.if_absent()),
            version => put.when("#version = :was").name("version", "version").value("was", version),
        }
    }
}

impl Store {
    /// What is asked most on each of `days` on which anything was, oldest first.
    pub async fn sketches(
        &self,
        chatbot: ChatbotId,
        kind: QuestionKind,
        days: Days,
    ) -> Result<Vec<(String, StoredSketch)>> {
        let prefix = keys::sketches(kind);
        let first = days.first.map_or_else(|| prefix.clone(), |at| format!("{prefix}{}", at.day()));
        let last = days.last.map_or_else(|| "~".to_owned(), |at| at.day());
        let range = Range {
            index: None,
            partition: keys::chatbot_partition(chatbot),
            sort: Some((
                "sk BETWEEN :a AND :b",
                vec![(":a", first), (":b", format!("{prefix}{last}"))],
            )),
            backwards: false,
            limit: None,
            consistent: false,
        };
        let mut found = Vec::new();
        for item in self.query_items(range).await? {
            let day = key_in(&item)?.sk.trim_start_matches(&prefix).to_owned();
            found.push((day, read::<SketchItem>(item)?.into()));
        }
        Ok(found)
    }

    pub(crate) async fn sketch(&self, key: &Key) -> Result<StoredSketch> {
        let found: Option<SketchItem> = self.get(key, true).await?;
        Ok(found.map(Into::into).unwrap_or_default())
    }
}
