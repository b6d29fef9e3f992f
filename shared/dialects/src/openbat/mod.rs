//! OpenBat: an organization's chatbots, signed in by session. Snake case; single resources are
//! bare objects.

pub mod chatbots;
pub mod error;

use domain::{Dialect, Error};
use serde_json::{Value, json};

use crate::{
    events::Events,
    folder::{DialectErrors, DialectFolder},
};

/// The dialect as a type.
#[derive(Debug, Clone, Copy)]
pub struct Openbat;

impl DialectErrors for Openbat {
    const DIALECT: Dialect = Dialect::Openbat;
}

impl DialectFolder for Openbat {
    fn path_prefixes(&self) -> &'static [&'static str] {
        &["/api/v1/chatbots"]
    }

    fn about(&self) -> &'static str {
        "An organization's chatbots, signed in by session."
    }

    fn security_schemes(&self) -> Vec<(&'static str, Value)> {
        // Its routes take a session, which is ours.
        Vec::new()
    }

    fn error_body(&self, error: &Error) -> Value {
        json!(error::ErrorOut::from(error))
    }

    fn error_schema(&self) -> Value {
        error::schema()
    }

    fn events(&self) -> Option<&'static dyn Events> {
        // Its keys subscribe by the routes of another dialect.
        None
    }
}
