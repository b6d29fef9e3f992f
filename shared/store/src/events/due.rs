//! The index of everything that has a time: idle conversations, syncs and hung crawls, deliveries.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Result, Timestamp};

use crate::{
    keys::{self, ItemKind, Key},
    table::client::{Range, Store, key_in},
    table::write::Write,
};

/// Something whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueItem {
    /// Where it is stored.
    pub key: Key,
    /// What it is.
    pub kind: ItemKind,
    /// When it became due, as stored: the condition under which to take it on.
    pub due_at: String,
}

impl Store {
    /// Makes something due later, unless that changed since it was seen.
    pub async fn defer(&self, due: &DueItem, until: Timestamp) -> Result<()> {
        let write = Write::update(due.key.clone(), "SET due_at = :until")
            .value("until", until.to_string())?
            .value("seen", &due.due_at)?
            .when("attribute_exists(pk) AND due_at = :seen");
        self.write(write).await.map(drop)
    }

    /// What is due in `partition` of the index by `until`, longest first, `limit` at most.
    pub async fn due(&self, partition: &str, until: Timestamp, limit: u32) -> Result<Vec<DueItem>> {
        let range = Range {
            index: Some(keys::DUE_INDEX),
            partition: partition.to_owned(),
            sort: Some(("due_at <= :until", vec![(":until", until.to_string())])),
            backwards: false,
            limit: Some(limit),
            consistent: false,
        };
        let mut due = Vec::new();
        for item in self.query_items(range).await? {
            let key = key_in(&item)?;
            if let Some(AttributeValue::S(due_at)) = item.get("due_at") {
                due.push(DueItem { kind: key.kind(), key, due_at: due_at.clone() });
            }
        }
        Ok(due)
    }
}
