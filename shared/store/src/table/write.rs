//! Writes, built before they are sent: by themselves or as parts of a transaction.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update,
};
use domain::{Error, Result};
use serde::Serialize;

use crate::{
    keys::Key,
    table::client::{Item, built, key_of},
};

/// One part of a write, made of a key and expressions whose values are named `:like_this`.
#[derive(Debug, Clone)]
pub struct Write {
    pub(crate) key: Key,
    pub(crate) condition: Option<String>,
    pub(crate) values: Item,
    pub(crate) names: HashMap<String, String>,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Put(Item),
    Update(String),
    Delete,
    Check,
}

impl Write {
    fn new(key: Key, what: What) -> Self {
        Self { key, condition: None, values: Item::new(), names: HashMap::new(), what }
    }

    /// Writes the whole item.
    pub fn put(key: Key, item: &impl Serialize) -> Result<Self> {
        let attributes = serde_dynamo::to_item(item).map_err(Error::internal)?;
        Ok(Self::new(key, What::Put(attributes)))
    }

    /// Changes an item by an update expression.
    pub fn update(key: Key, expression: impl Into<String>) -> Self {
        Self::new(key, What::Update(expression.into()))
    }

    /// Removes an item.
    pub fn delete(key: Key) -> Self {
        Self::new(key, What::Delete)
    }

    /// Only asks for a condition.
    pub fn check(key: Key) -> Self {
        Self::new(key, What::Check)
    }

    /// Only if `condition` holds.
    #[must_use]
    pub fn when(mut self, condition: impl Into<String>) -> Self {
        self.condition = Some(condition.into());
        self
    }

    /// Only if there is no such item yet.
    #[must_use]
    pub fn if_absent(self) -> Self {
        self.when("attribute_not_exists(pk)")
    }

    /// Only if there is such an item.
    #[must_use]
    pub fn if_present(self) -> Self {
        self.when("attribute_exists(pk)")
    }

    /// Gives `:name` its value.
    pub fn value(mut self, name: &str, value: impl Serialize) -> Result<Self> {
        let value = serde_dynamo::to_attribute_value(value).map_err(Error::internal)?;
        self.values.insert(format!(":{name}"), value);
        Ok(self)
    }

    /// Gives `:name` a set of texts, which must not be empty.
    #[must_use]
    pub(crate) fn string_set(mut self, name: &str, values: Vec<String>) -> Self {
        self.values.insert(format!(":{name}"), AttributeValue::Ss(values));
        self
    }

    /// Gives `#name` its attribute, for names that DynamoDB reserves.
    #[must_use]
    pub fn name(mut self, name: &str, attribute: &str) -> Self {
        self.names.insert(format!("#{name}"), attribute.to_owned());
        self
    }

    /// Adds attributes that are not part of the item's struct, such as index keys.
    pub fn with(mut self, attribute: &str, value: impl Into<String>) -> Self {
        if let What::Put(item) = &mut self.what {
            item.insert(attribute.to_owned(), AttributeValue::S(value.into()));
        }
        self
    }

    /// As a part of a transaction.
    pub(crate) fn into_transact(self, table: &str) -> Result<TransactWriteItem> {
        let Self { key, condition, values, names, what } = self;
        let values = (!values.is_empty()).then_some(values);
        let names = (!names.is_empty()).then_some(names);
        let item = TransactWriteItem::builder();
        macro_rules! with {
            ($builder:expr) => {
                $builder
                    .table_name(table)
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .set_expression_attribute_names(names)
                    .build()
                    .map_err(built)?
            };
        }
        Ok(match what {
            What::Put(mut attributes) => {
                attributes.extend(key_of(&key));
                item.put(with!(Put::builder().set_item(Some(attributes))))
            }
            What::Update(expression) => item.update(with!(
                Update::builder().set_key(Some(key_of(&key))).update_expression(expression)
            )),
            What::Delete => item.delete(with!(Delete::builder().set_key(Some(key_of(&key))))),
            What::Check => {
                item.condition_check(with!(ConditionCheck::builder().set_key(Some(key_of(&key)))))
            }
        }
        .build())
    }
}
