//! Many items in one call: read, put, deleted.

use aws_sdk_dynamodb::types::{
    DeleteRequest, KeysAndAttributes, PutRequest, ReturnConsumedCapacity, WriteRequest,
};
use domain::Result;

use crate::{
    keys::Key,
    table::client::{Item, Store, begin, boxed, built, incomplete, internal, key_of, retries, sum},
};

impl Store {
    /// The items under `keys`, in any order; those that are not there are left out.
    pub(crate) async fn batch_get(&self, keys: &[Key], consistent: bool) -> Result<Vec<Item>> {
        let mut found = Vec::new();
        for chunk in keys.chunks(100) {
            let mut wanted: Vec<Item> = chunk.iter().map(key_of).collect();
            let mut retries = retries();
            loop {
                let request = KeysAndAttributes::builder()
                    .set_keys(Some(std::mem::take(&mut wanted)))
                    .consistent_read(consistent)
                    .build()
                    .map_err(built)?;
                let meter = begin();
                let sent = self
                    .client
                    .batch_get_item()
                    .request_items(&self.table, request)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total);
                let sent = boxed(sent.send()).await;
                meter
                    .end(sum(sent.as_ref().ok().and_then(|o| o.consumed_capacity.as_deref())), 0.0);
                let output = sent.map_err(internal)?;
                found.extend(output.responses.into_iter().flatten().flat_map(|(_, items)| items));
                wanted = output
                    .unprocessed_keys
                    .and_then(|mut left| left.remove(&self.table))
                    .map(|left| left.keys)
                    .unwrap_or_default();
                if wanted.is_empty() {
                    break;
                }
                if !retries.wait().await {
                    return Err(incomplete("batch get"));
                }
            }
        }
        Ok(found)
    }

    /// Deletes the items under `keys`, 25 at a time.
    pub(crate) async fn batch_delete(&self, keys: &[Key]) -> Result<()> {
        let delete = |key: &Key| {
            let delete = DeleteRequest::builder().set_key(Some(key_of(key))).build();
            Ok(WriteRequest::builder().delete_request(delete.map_err(built)?).build())
        };
        self.batch_write(keys.iter().map(delete).collect::<Result<_>>()?).await
    }

    /// Puts `items`, which have their keys in them, 25 at a time.
    pub(crate) async fn batch_put(&self, items: Vec<Item>) -> Result<()> {
        let put = |item: Item| {
            let put = PutRequest::builder().set_item(Some(item)).build();
            Ok(WriteRequest::builder().put_request(put.map_err(built)?).build())
        };
        self.batch_write(items.into_iter().map(put).collect::<Result<_>>()?).await
    }

    async fn batch_write(&self, requests: Vec<WriteRequest>) -> Result<()> {
        for chunk in requests.chunks(25) {
            let mut wanted = chunk.to_vec();
            let mut retries = retries();
            loop {
                let meter = begin();
                let sent = self
                    .client
                    .batch_write_item()
                    .request_items(&self.table, std::mem::take(&mut wanted))
                    .return_consumed_capacity(ReturnConsumedCapacity::Total);
                let sent = boxed(sent.send()).await;
                meter
                    .end(0.0, sum(sent.as_ref().ok().and_then(|o| o.consumed_capacity.as_deref())));
                wanted = sent
                    .map_err(internal)?
                    .unprocessed_items
                    .and_then(|mut left| left.remove(&self.table))
                    .unwrap_or_default();
                if wanted.is_empty() {
                    break;
                }
                if !retries.wait().await {
                    return Err(incomplete("batch write"));
                }
            }
        }
        Ok(())
    }
}
