//! HelpBot's errors: a sentence.

use domain::Error;
use serde::Serialize;
use serde_json::Value;

use crate::{error::sentence, openapi};

/// The body of an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorOut {
    /// A sentence.
    pub error: String,
}

impl From<&Error> for ErrorOut {
    fn from(error: &Error) -> Self {
        Self { error: sentence(error) }
    }
}

pub(super) fn schema() -> Value {
    openapi::object(&[("error", openapi::text())])
}
