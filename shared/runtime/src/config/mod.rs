//! Configuration: one small struct per concern. Each says of every variable that it reads its name,
//! its default and what it means; the table in `docs/configuration.md` is made of that, and a test
//! compares it with `template.yaml`. A function reads its concerns once, when it starts; an error
//! names the variable.
//!
//! Only this folder reads variables by name. To add one: a [`Variable`] here, in the `VARIABLES` of
//! its concern, and its line in `template.yaml`.

mod access;
mod embeddings;
mod files;
mod limits;
mod local;
mod logs;
mod mail;
mod outbound;
mod queues;
mod table;
mod web;

use std::{collections::HashMap, fmt::Display, str::FromStr, sync::Arc};

use domain::{Error, Result};

pub use access::AccessConfig;
pub use embeddings::{EmbeddingsConfig, ModelName};
pub use files::FilesConfig;
pub use limits::LimitsConfig;
pub use local::LocalConfig;
pub use mail::MailConfig;
pub use outbound::OutboundConfig;
pub use queues::{QueuesConfig, queue_url};
pub use table::TableConfig;
pub use web::WebConfig;

/// The variables of all concerns, in the order of the documentation.
pub const ALL: [&[Variable]; 11] = [
    &TableConfig::VARIABLES,
    &FilesConfig::VARIABLES,
    &QueuesConfig::VARIABLES,
    &LimitsConfig::VARIABLES,
    &AccessConfig::VARIABLES,
    &OutboundConfig::VARIABLES,
    &EmbeddingsConfig::VARIABLES,
    &MailConfig::VARIABLES,
    &WebConfig::VARIABLES,
    &logs::VARIABLES,
    &LocalConfig::VARIABLES,
];

/// A function's variables, by name.
#[derive(Debug, Clone, Default)]
pub struct Env(Arc<HashMap<String, String>>);

impl Env {
    /// Those of this process.
    pub fn process() -> Self {
        Self(Arc::new(std::env::vars().collect()))
    }

    /// Those given.
    pub fn of(variables: HashMap<String, String>) -> Self {
        Self(Arc::new(variables))
    }
}

/// What a variable is where it is not set, or empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unset {
    /// An error.
    Refused,
    /// Nothing.
    Nothing,
    /// This value.
    Value(&'static str),
}

/// A variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Its default.
    pub unset: Unset,
    /// What it means, in a sentence without a full stop.
    pub meaning: &'static str,
}

impl Variable {
    const fn required(name: &'static str, meaning: &'static str) -> Self {
        Self { name, unset: Unset::Refused, meaning }
    }

    const fn optional(name: &'static str, meaning: &'static str) -> Self {
        Self { name, unset: Unset::Nothing, meaning }
    }

    const fn with_default(name: &'static str, value: &'static str, meaning: &'static str) -> Self {
        Self { name, unset: Unset::Value(value), meaning }
    }

    /// Its value in `env`, or its default.
    fn find<'a>(&self, env: &'a Env) -> Option<&'a str> {
        let set = env.0.get(self.name).map(String::as_str).filter(|value| !value.is_empty());
        match self.unset {
            Unset::Value(value) => set.or(Some(value)),
            Unset::Refused | Unset::Nothing => set,
        }
    }

    /// Its value, or its default; an error if there is neither.
    fn get<'a>(&self, env: &'a Env) -> Result<&'a str> {
        self.find(env).ok_or_else(|| Error::internal(format!("{} is not set", self.name)))
    }

    /// Its value, or its default, read by `read`.
    fn read<'a, T, E: Display>(
        &self,
        env: &'a Env,
        read: impl FnOnce(&'a str) -> std::result::Result<T, E>,
    ) -> Result<T> {
        let text = self.get(env)?;
        read(text).map_err(|error| Error::internal(format!("{} is {text:?}: {error}", self.name)))
    }

    /// Its value, or its default, as a `T`.
    fn parse<T: FromStr<Err: Display>>(&self, env: &Env) -> Result<T> {
        self.read(env, str::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn env(variables: &[(&str, &str)]) -> Env {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Env::of(variables.iter().map(owned).collect())
    }

    #[test]
    fn what_is_not_set_is_its_default_and_an_error_names_the_variable() {
        let required = Variable::required("A", "a");
        let optional = Variable::optional("B", "b");
        let seconds = Variable::with_default("C", "30", "c");
        let unset = env(&[("A", ""), ("C", "")]);
        assert!(required.get(&unset).unwrap_err().to_string().contains("A is not set"));
        assert_eq!(optional.find(&unset), None);
        assert_eq!(seconds.parse::<u64>(&unset).unwrap(), 30);
        let set = env(&[("A", "x"), ("B", "y"), ("C", "half a minute")]);
        assert_eq!((required.get(&set).unwrap(), optional.find(&set)), ("x", Some("y")));
        let error = seconds.parse::<u64>(&set).unwrap_err().to_string();
        assert!(error.contains("C is \"half a minute\""), "{error}");
    }

    #[test]
    fn no_variable_is_listed_twice() {
        let mut names: Vec<&str> = ALL.iter().flat_map(|all| all.iter().map(|v| v.name)).collect();
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        assert_eq!(names.len(), before);
    }
}
