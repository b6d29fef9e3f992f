//! The calls to DynamoDB, each metered, with typed items on this side. Nothing outside this crate
//! sees an attribute value.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    error::{BuildError, SdkError},
    operation::{
        delete_item::DeleteItemError, put_item::PutItemError, update_item::UpdateItemError,
    },
    types::{
        AttributeValue, ConsumedCapacity, ReturnConsumedCapacity, ReturnValue,
        ReturnValuesOnConditionCheckFailure as OnFailure,
    },
};
use domain::{Error, ErrorKind, Result};
use futures::{FutureExt, future::BoxFuture};
use serde::de::DeserializeOwned;

use crate::{
    keys::{Key, PK, SK},
    retry::Retries,
    table::cancelled::{Cancelled, cancelled},
    table::meter::Meter,
    table::repeated::Attempts,
    table::write::{What, Write},
};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// Retries of a call that conflicted with another one, or was carried out in part.
const MAX_RETRIES: usize = 7;
/// The longest delay before one of them.
const MAX_DELAY: Duration = Duration::from_secs(1);

/// The table. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) client: Client,
    pub(crate) table: String,
}

/// What became of a write that had conditions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// It was written.
    Done,
    /// A condition did not hold; which ones, in the order of the writes.
    Refused(Vec<bool>),
}

impl Outcome {
    /// Whether it was written.
    pub fn is_done(&self) -> bool {
        *self == Self::Done
    }

    /// Whether the condition of write number `at` did not hold.
    pub fn refused(&self, at: usize) -> bool {
        matches!(self, Self::Refused(which) if which.get(at).copied().unwrap_or(false))
    }
}

pub(crate) fn key_of(key: &Key) -> Item {
    HashMap::from([
        (PK.to_owned(), AttributeValue::S(key.pk.clone())),
        (SK.to_owned(), AttributeValue::S(key.sk.clone())),
    ])
}

pub(crate) fn key_in(item: &Item) -> Result<Key> {
    let text = |name: &str| match item.get(name) {
        Some(AttributeValue::S(text)) => Ok(text.clone()),
        _ => Err(Error::internal(format!("an item without {name}"))),
    };
    Ok(Key { pk: text(PK)?, sk: text(SK)? })
}

pub(crate) fn read<T: DeserializeOwned>(item: Item) -> Result<T> {
    serde_dynamo::from_item(item).map_err(Error::internal)
}

/// What a query reads.
pub(crate) struct Range<'a> {
    pub index: Option<&'a str>,
    pub partition: String,
    /// Condition on the sort key with its values, e.g. `begins_with(sk, :a)`.
    pub sort: Option<(&'a str, Vec<(&'a str, String)>)>,
    pub backwards: bool,
    pub limit: Option<u32>,
    pub consistent: bool,
}

impl<'a> Range<'a> {
    /// Every item of `partition` whose sort key begins with `prefix`, consistently, in order.
    pub fn prefix(partition: String, prefix: &str) -> Self {
        Self {
            index: None,
            partition,
            sort: Some(("begins_with(sk, :a)", vec![(":a", prefix.to_owned())])),
            backwards: false,
            limit: None,
            consistent: true,
        }
    }

    pub fn backwards(mut self) -> Self {
        self.backwards = true;
        self
    }

    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}

impl Store {
    /// The table `table` behind `client`.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// Makes one small read, so that the connection is open before the first request needs it.
    pub async fn warm_up(&self) -> Result<()> {
        let key = Key { pk: "WARM".into(), sk: "WARM".into() };
        self.get::<serde_json::Value>(&key, false).await.map(drop)
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        key: &Key,
        consistent: bool,
    ) -> Result<Option<T>> {
        let meter = begin();
        let sent = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key_of(key)))
            .consistent_read(consistent)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let sent = boxed(sent.send()).await;
        meter.end(units(sent.as_ref().ok().and_then(|o| o.consumed_capacity())), 0.0);
        sent.map_err(internal)?.item.map(read).transpose()
    }

    /// One page of a query: items and the key of the next page.
    pub(crate) async fn query_page(
        &self,
        range: &Range<'_>,
        from: Option<Item>,
    ) -> Result<(Vec<Item>, Option<Item>)> {
        let meter = begin();
        let partition_key = match range.index {
            None => PK.to_owned(),
            Some(index) => format!("{index}_pk"),
        };
        let mut condition = format!("{partition_key} = :p");
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .expression_attribute_values(":p", AttributeValue::S(range.partition.clone()))
            .scan_index_forward(!range.backwards)
            .consistent_read(range.consistent && range.index.is_none())
            .set_index_name(range.index.map(str::to_owned))
            .set_limit(range.limit.map(|l| i32::try_from(l).unwrap_or(i32::MAX)))
            .set_exclusive_start_key(from)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        if let Some((sort, values)) = &range.sort {
            condition.push_str(" AND ");
            condition.push_str(sort);
            for (name, value) in values {
                query = query.expression_attribute_values(*name, AttributeValue::S(value.clone()));
            }
        }
        let sent = boxed(query.key_condition_expression(condition).send()).await;
        meter.end(units(sent.as_ref().ok().and_then(|o| o.consumed_capacity())), 0.0);
        let output = sent.map_err(internal)?;
        Ok((output.items.unwrap_or_default(), output.last_evaluated_key))
    }

    /// All items of a range, or the first `range.limit`.
    pub(crate) async fn query_items(&self, range: Range<'_>) -> Result<Vec<Item>> {
        let limit = range.limit.map_or(usize::MAX, |l| usize::try_from(l).unwrap_or(usize::MAX));
        let mut found = Vec::new();
        let mut from = None;
        loop {
            let (items, next) = self.query_page(&range, from).await?;
            found.extend(items);
            if found.len() >= limit || next.is_none() {
                found.truncate(limit);
                return Ok(found);
            }
            from = next;
        }
    }

    pub(crate) async fn query<T: DeserializeOwned>(&self, range: Range<'_>) -> Result<Vec<T>> {
        self.query_items(range).await?.into_iter().map(read).collect()
    }

    /// Carries one write out by itself.
    pub(crate) async fn write(&self, write: Write) -> Result<Outcome> {
        self.transact_or_single(vec![write]).await
    }

    /// Carries all writes out, or none. A conflict with another transaction is tried again.
    pub(crate) async fn transact(&self, writes: Vec<Write>) -> Result<Outcome> {
        self.transact_or_single(writes).await
    }

    async fn transact_or_single(&self, mut writes: Vec<Write>) -> Result<Outcome> {
        if writes.len() == 1
            && let Some(write) = writes.pop()
        {
            return self.single(write).await;
        }
        let items = writes
            .into_iter()
            .map(|write| write.into_transact(&self.table))
            .collect::<Result<Vec<_>>>()?;
        // One token for all attempts: an attempt that was carried out and then lost is not
        // carried out twice.
        let token = domain::EventId::new().to_string();
        let mut retries = retries();
        loop {
            let meter = begin();
            let sent = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .client_request_token(&token)
                .return_consumed_capacity(ReturnConsumedCapacity::Total);
            let sent = boxed(sent.send()).await;
            meter.end(0.0, sum(sent.as_ref().ok().and_then(|o| o.consumed_capacity.as_deref())));
            match sent {
                Ok(_) => return Ok(Outcome::Done),
                Err(error) => match cancelled(&error) {
                    Some(Cancelled::Condition(which)) => return Ok(Outcome::Refused(which)),
                    Some(Cancelled::Conflict) if retries.wait().await => {}
                    _ => return Err(internal(error)),
                },
            }
        }
    }

    /// Carries an update out and gives back the attributes that it changed, as they are now;
    /// `None` if its condition did not hold.
    pub(crate) async fn update_returning<T: DeserializeOwned>(
        &self,
        write: Write,
    ) -> Result<Option<T>> {
        let returned = self.update_and_return(write, ReturnValue::UpdatedNew).await?;
        returned.flatten().map(read).transpose()
    }

    /// Carries an update out and gives back the whole item as it is now; `None` if its condition did not
    /// hold.
    pub(crate) async fn update_returning_new<T: DeserializeOwned>(
        &self,
        write: Write,
    ) -> Result<Option<T>> {
        let returned = self.update_and_return(write, ReturnValue::AllNew).await?;
        returned.flatten().map(read).transpose()
    }

    /// Carries an update out and gives back the item as it was before, which is `Some(None)` where there
    /// was none; `None` if its condition did not hold.
    pub(crate) async fn update_returning_old<T: DeserializeOwned>(
        &self,
        write: Write,
    ) -> Result<Option<Option<T>>> {
        let returned = self.update_and_return(write, ReturnValue::AllOld).await?;
        returned.map(|old| old.map(read).transpose()).transpose()
    }

    async fn update_and_return(
        &self,
        write: Write,
        what_returns: ReturnValue,
    ) -> Result<Option<Option<Item>>> {
        let (write, mark) = write.marked();
        let Write { key, condition, values, names, what } = write;
        let What::Update(expression) = what else {
            return Err(Error::internal("only an update gives back what it changed"));
        };
        let wants_old = what_returns == ReturnValue::AllOld;
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key_of(&key)))
            .update_expression(expression)
            .set_condition_expression(condition)
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .set_expression_attribute_names((!names.is_empty()).then_some(names))
            .return_values(what_returns)
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let meter = begin();
        let sent = boxed(update.send()).await;
        meter.end(0.0, units(sent.as_ref().ok().and_then(|o| o.consumed_capacity())));
        match sent {
            Ok(output) => Ok(Some(output.attributes.filter(|item| !item.is_empty()))),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    // What an earlier attempt of this update wrote is as it is now; what was there before
                    // that is lost with its answer.
                    let own = failed.item().filter(|_| !wants_old);
                    Ok(own.filter(|item| mark.is_in(item)).map(|item| Some(item.clone())))
                }
                _ => Err(internal(error)),
            },
        }
    }

    /// One write by itself; a conflict with a transaction is tried again.
    async fn single(&self, write: Write) -> Result<Outcome> {
        let mut retries = retries();
        loop {
            match self.try_single(write.clone()).await? {
                Some(outcome) => return Ok(outcome),
                None if retries.wait().await => {}
                None => return Err(incomplete("write")),
            }
        }
    }

    /// `None` if it met a transaction. Where the condition did not hold since an earlier attempt of the
    /// same write, whose answer got lost, was carried out, it is done.
    async fn try_single(&self, write: Write) -> Result<Option<Outcome>> {
        let (write, mark) = write.marked();
        let attempts = Attempts::default();
        let Write { key, condition, values, names, what } = write;
        let values = (!values.is_empty()).then_some(values);
        let names = (!names.is_empty()).then_some(names);
        let meter = begin();
        let total = ReturnConsumedCapacity::Total;
        macro_rules! send {
            ($request:expr, $error:ident, $is_own:expr) => {{
                let sent = $request
                    .table_name(&self.table)
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .set_expression_attribute_names(names)
                    .return_values_on_condition_check_failure(OnFailure::AllOld)
                    .return_consumed_capacity(total)
                    .customize()
                    .interceptor(attempts.clone());
                let sent = boxed(sent.send()).await;
                meter.end(0.0, units(sent.as_ref().ok().and_then(|o| o.consumed_capacity())));
                match sent {
                    Ok(_) => Ok(Some(Outcome::Done)),
                    Err(error) => match error.as_service_error() {
                        Some(e) if e.is_transaction_conflict_exception() => Ok(None),
                        Some($error::ConditionalCheckFailedException(failed)) => {
                            let item = failed.item().filter(|item| !item.is_empty());
                            Ok(Some(match $is_own(item) {
                                true => Outcome::Done,
                                false => Outcome::Refused(vec![true]),
                            }))
                        }
                        _ => Err(internal(error)),
                    },
                }
            }};
        }
        let is_marked = |item: Option<&Item>| item.is_some_and(|item| mark.is_in(item));
        // A deleted item bears no mark: it is gone, and an attempt before the last one was made.
        let is_gone = |item: Option<&Item>| item.is_none() && attempts.count() > 1;
        match what {
            What::Put(mut item) => {
                item.extend(key_of(&key));
                send!(self.client.put_item().set_item(Some(item)), PutItemError, is_marked)
            }
            What::Update(expression) => send!(
                self.client.update_item().set_key(Some(key_of(&key))).update_expression(expression),
                UpdateItemError,
                is_marked
            ),
            What::Delete => send!(
                self.client.delete_item().set_key(Some(key_of(&key))),
                DeleteItemError,
                is_gone
            ),
            What::Check => {
                meter.end(0.0, 0.0);
                Err(Error::internal("a check alone is a read"))
            }
        }
    }
}

pub(crate) fn retries() -> Retries {
    Retries::new(MAX_RETRIES, MAX_DELAY)
}

pub(crate) fn incomplete(what: &str) -> Error {
    Error::internal(format!("a {what} was still incomplete after {MAX_RETRIES} retries"))
}

/// The client's futures nest so deep that the compiler gives up on callers of callers; on the heap
/// they are one level, for an allocation that does not show beside a round trip.
pub(crate) fn boxed<'a, T>(call: impl Future<Output = T> + Send + 'a) -> BoxFuture<'a, T> {
    call.boxed()
}

pub(crate) fn begin() -> Meter {
    let meter = Meter::current();
    meter.begin();
    meter
}

pub(crate) fn units(capacity: Option<&ConsumedCapacity>) -> f64 {
    capacity.and_then(ConsumedCapacity::capacity_units).unwrap_or(0.0)
}

pub(crate) fn sum(capacities: Option<&[ConsumedCapacity]>) -> f64 {
    capacities.unwrap_or_default().iter().map(|c| units(Some(c))).sum()
}

pub(crate) fn built(error: BuildError) -> Error {
    Error::internal(error)
}

/// A failure of the service itself, after the client's own retries.
pub(crate) fn internal<E, R>(error: SdkError<E, R>) -> Error
where
    E: std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let text = aws_sdk_dynamodb::error::DisplayErrorContext(&error).to_string();
    Error {
        cause: Some(text.into()),
        ..Error::new(ErrorKind::Internal, "something went wrong on our end")
    }
}
