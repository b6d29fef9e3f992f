//! Passages by what they mean: the table's own vector index over the items of passages. It is there
//! where the deployment requested it, and nowhere else: no emulator has it.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    operation::search_vectors::builders::SearchVectorsFluentBuilder,
    types::{AttributeValue, ReturnConsumedCapacity, SearchResultItem},
};
use domain::{
    ChatbotId, CrawlId, Error, Result, SourceId,
    source::{Chunk, Page},
};

use crate::{
    keys::{self, Key, PK, SK, VECTOR_INDEX},
    knowledge::pages::ChunkItem,
    table::client::{Item, Store, begin, boxed, internal, key_in, read},
    table::write::Write,
};

/// The attribute that holds a passage's vector.
const VECTOR: &str = "vector";
/// The attribute that says whose passage it is.
const OWNER: &str = "vectors_pk";

/// A passage whose vector is near another one.
#[derive(Debug, Clone, PartialEq)]
pub struct NearChunk {
    /// Its source.
    pub source: SourceId,
    /// The crawl that found it, which may have been replaced since.
    pub job: CrawlId,
    /// The passage.
    pub chunk: Chunk,
    /// Cosine distance: from 0, the same direction, to 2, the opposite one.
    pub distance: f64,
}

/// As DynamoDB takes a vector: a list of numbers.
fn numbers(vector: &[f32]) -> Result<Vec<AttributeValue>> {
    if vector.is_empty() || !vector.iter().all(|number| number.is_finite()) {
        return Err(Error::internal("a vector has finite numbers"));
    }
    Ok(vector.iter().map(|number| AttributeValue::N(number.to_string())).collect())
}

/// Says that the passage `item` is of `chatbot`, if it says whose it is.
pub(crate) fn belongs_to(item: &mut Item, chatbot: ChatbotId) {
    if let Some(owner) = item.get_mut(OWNER) {
        *owner = AttributeValue::S(chatbot.to_string());
    }
}

/// Source and crawl of the passage under `key`.
fn crawl_in(key: &Key) -> Option<(SourceId, CrawlId)> {
    let (source, job) = key.pk.strip_prefix(keys::SOURCE)?.split_once('#')?;
    Some((source.parse().ok()?, job.parse().ok()?))
}

/// The keys that a search found, nearest first, with their distances.
fn found(results: Vec<SearchResultItem>) -> Result<Vec<(Key, f64)>> {
    let key =
        |SearchResultItem { item, score, .. }| Ok((key_in(&item.unwrap_or_default())?, score));
    results.into_iter().map(key).collect()
}

/// What was found, in its order. A passage that went meanwhile is left out.
fn in_order(found: Vec<(Key, f64)>, items: Vec<Item>) -> Result<Vec<NearChunk>> {
    let mut by_key = HashMap::new();
    for item in items {
        by_key.insert(key_in(&item)?, read::<ChunkItem>(item)?);
    }
    let near = |(key, distance): (Key, f64)| {
        let (source, job) = crawl_in(&key)?;
        let chunk = by_key.remove(&key)?.into();
        Some(NearChunk { source, job, chunk, distance })
    };
    Ok(found.into_iter().filter_map(near).collect())
}

impl Store {
    /// Gives the passages at these places of a page their vectors. One that is gone gets none.
    pub async fn put_vectors(&self, page: &Page, vectors: &[(usize, Vec<f32>)]) -> Result<()> {
        for (place, vector) in vectors {
            let key = keys::chunk(page.source_id, page.job, &page.url, *place);
            let mut write = Write::update(key, "SET #vector = :vector, #owner = :owner")
                .name("vector", VECTOR)
                .name("owner", OWNER)
                .value("owner", page.chatbot_id)?
                .if_present();
            write.values.insert(":vector".to_owned(), AttributeValue::L(numbers(vector)?));
            self.write(write).await?;
        }
        Ok(())
    }

    /// Up to `most` passages of `chatbot` whose vectors are nearest to `vector`, nearest first;
    /// those of crawls that were replaced and are not cleared away yet among them.
    pub async fn near(
        &self,
        chatbot: ChatbotId,
        vector: &[f32],
        most: u32,
    ) -> Result<Vec<NearChunk>> {
        let search = self.search(chatbot, vector, most)?;
        let meter = begin();
        let sent = boxed(search.send()).await;
        // Counted by DynamoDB in bytes, apart from the units of reads and writes.
        meter.end(0.0, 0.0);
        let found = found(sent.map_err(internal)?.search_results.unwrap_or_default())?;
        let keys: Vec<Key> = found.iter().map(|(key, _)| key.clone()).collect();
        in_order(found, self.batch_get(&keys, false).await?)
    }

    fn search(
        &self,
        chatbot: ChatbotId,
        vector: &[f32],
        most: u32,
    ) -> Result<SearchVectorsFluentBuilder> {
        Ok(self
            .client
            .search_vectors()
            .table_name(&self.table)
            .index_name(VECTOR_INDEX)
            .set_search_vector(Some(numbers(vector)?))
            .search_condition_expression("#owner = :owner")
            .expression_attribute_names("#owner", OWNER)
            .expression_attribute_values(":owner", AttributeValue::S(chatbot.to_string()))
            .projection_expression(format!("{PK}, {SK}"))
            .top_k(i32::try_from(most).unwrap_or(i32::MAX))
            .return_consumed_capacity(ReturnConsumedCapacity::Total))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{Client, config::BehaviorVersion};

    use super::*;

    fn id<T: std::str::FromStr<Err = Error>>(last: u8) -> T {
        format!("0197a000-0000-7000-8000-{last:012}").parse().unwrap()
    }

    fn chunk(text: &str) -> Chunk {
        Chunk {
            id: text.to_owned(),
            content: text.to_owned(),
            headings: vec!["Heading".to_owned()],
            url: None,
            title: "Title".to_owned(),
            tokens: 1,
            ..Chunk::default()
        }
    }

    fn keyed(key: &Key, mut item: Item) -> Item {
        item.insert(PK.to_owned(), AttributeValue::S(key.pk.clone()));
        item.insert(SK.to_owned(), AttributeValue::S(key.sk.clone()));
        item
    }

    #[test]
    fn a_search_asks_for_the_keys_of_one_chatbot_s_passages() {
        let config = aws_sdk_dynamodb::Config::builder();
        let config = config.behavior_version(BehaviorVersion::latest()).build();
        let store = Store::new(Client::from_conf(config), "colloquy");
        let search = store.search(id(1), &[0.5, -1e-7, 1.0], 30).unwrap();
        let asked = search.as_input();
        assert_eq!(asked.get_table_name().as_deref(), Some("colloquy"));
        assert_eq!(asked.get_index_name().as_deref(), Some("vectors"));
        assert_eq!(asked.get_top_k(), &Some(30));
        assert_eq!(asked.get_projection_expression().as_deref(), Some("pk, sk"));
        assert_eq!(asked.get_search_condition_expression().as_deref(), Some("#owner = :owner"));
        assert_eq!(asked.get_expression_attribute_names().as_ref().unwrap()["#owner"], OWNER);
        let owner = &asked.get_expression_attribute_values().as_ref().unwrap()[":owner"];
        assert_eq!(owner.as_s().unwrap(), "0197a000-0000-7000-8000-000000000001");
        let numbers: Vec<&String> =
            asked.get_search_vector().iter().flatten().map(|n| n.as_n().unwrap()).collect();
        assert_eq!(numbers, ["0.5", "-0.0000001", "1"]);
        for bad in [vec![], vec![f32::NAN], vec![1.0, f32::INFINITY]] {
            assert!(store.search(id(1), &bad, 30).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_copied_passage_is_found_in_the_copy_alone() {
        let mut item: Item = serde_dynamo::to_item(ChunkItem::from(&chunk("text"))).unwrap();
        let plain = item.clone();
        belongs_to(&mut item, id(1));
        assert_eq!(item, plain, "without a vector it is not found");
        item.insert(OWNER.to_owned(), AttributeValue::S("another".to_owned()));
        belongs_to(&mut item, id(1));
        assert_eq!(item[OWNER].as_s().unwrap(), "0197a000-0000-7000-8000-000000000001");
    }

    #[test]
    fn what_is_found_keeps_its_order_and_what_went_meanwhile_is_left_out() {
        let at = |place| keys::chunk(id(2), id(3), "https://example.com/", place);
        let results = [(2, 0.1), (0, 0.4), (1, 0.9)].map(|(place, score)| {
            let result = SearchResultItem::builder().score(score);
            result.set_item(Some(keyed(&at(place), Item::new()))).build()
        });
        let items = [(0, "zero"), (2, "two")].map(|(place, text)| {
            let item = serde_dynamo::to_item(ChunkItem::from(&chunk(text))).unwrap();
            keyed(&at(place), item)
        });
        let near = in_order(found(results.to_vec()).unwrap(), items.to_vec()).unwrap();
        let (source, job) = (id(2), id(3));
        assert_eq!(
            near,
            [
                NearChunk { source, job, chunk: chunk("two"), distance: 0.1 },
                NearChunk { source, job, chunk: chunk("zero"), distance: 0.4 },
            ]
        );
    }
}
