//! The one error of the platform. Each dialect renders a kind in its own shape and status.

use std::fmt;

/// Everything that can go wrong, as far as a client is concerned. Closed on purpose: a new kind
/// has to be given a status and a code in every dialect before it compiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The body is not what it says it is: broken JSON, a wrong content type.
    Malformed,
    /// A value breaks a rule; `fields` says which.
    Validation,
    /// No key, a wrong key, or no session.
    Unauthorized,
    /// The workspace's plan lacks the feature or its count is used up.
    PlanRequired,
    /// The key is valid but may not do this.
    Forbidden,
    /// It does not exist, or belongs to another tenant: one answer for both.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The write meets another one, or something that is already there.
    Conflict,
    /// An `Idempotency-Key` comes again with another request.
    KeyReused,
    /// The body is larger than the platform takes.
    PayloadTooLarge,
    /// Too many calls in the current minute.
    RateLimited,
    /// Too many calls in the current month.
    QuotaExceeded,
    /// Our fault. The message a client sees never says more than that.
    Internal,
}

impl ErrorKind {
    /// Every kind, for tables that must cover all of them.
    pub const ALL: [Self; 13] = [
        Self::Malformed,
        Self::Validation,
        Self::Unauthorized,
        Self::PlanRequired,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::KeyReused,
        Self::PayloadTooLarge,
        Self::RateLimited,
        Self::QuotaExceeded,
        Self::Internal,
    ];
}

/// One broken field: its name as the client sent it, and the bound it broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Path of the field in the body or query, e.g. `events[1]`.
    pub field: String,
    /// What was wrong with it, lower case, without a full stop.
    pub message: String,
}

/// A failure that a client may see.
#[derive(Debug)]
pub struct Error {
    /// What sort of failure it is.
    pub kind: ErrorKind,
    /// What a client is told, lower case, without a full stop.
    pub message: String,
    /// The fields at fault, for [`ErrorKind::Validation`].
    pub fields: Vec<FieldError>,
    /// Seconds after which the call may succeed.
    pub retry_after: Option<u32>,
    /// What really happened; for the log, never for the client.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of everything that can fail in front of a client.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind` that says `message` to the client.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), fields: Vec::new(), retry_after: None, cause: None }
    }

    /// A broken field. The message a client sees is `<field> <what was wrong>`.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        let (field, message) = (field.into(), message.into());
        Self {
            fields: vec![FieldError { field: field.clone(), message: message.clone() }],
            ..Self::new(ErrorKind::Validation, format!("{field} {message}"))
        }
    }

    /// `what` is not there, or is not this caller's.
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorKind::NotFound, format!("{what} not found"))
    }

    /// The caller is not known.
    pub fn unauthorized() -> Self {
        Self::new(ErrorKind::Unauthorized, "invalid or missing API key")
    }

    /// Our own failure; `cause` goes to the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(ErrorKind::Internal, "something went wrong on our end")
        }
    }

    /// Seconds after which a client may try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Some(cause) => write!(f, "{}: {cause}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {}
