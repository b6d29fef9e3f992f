//! What HTTP functions share. A handler has four steps: extract (with what is here), wire type
//! into a command, one call of `app`, the result into a wire type.

mod auth;
mod body;
mod calls;
mod ctx;
mod file_name;
mod form;
mod idempotency;
mod json_text;
mod known_origins;
mod layers;
mod problem;
mod start;
mod stream_outcome;
mod visitor;

pub use auth::{
    CalledFrom, ChatKey, CountedKey, FromHome, PageKey, PollingMember, SCOPE, SecretKey,
    SessionToken, SharedManagement, SharedRoute, SignedIn, SignedInSession, SiteKey, VisitorKey,
    WorkspaceKey, session_cookie,
};
pub use body::{Body, Params, PathParams, RawBody, parse, query};
pub use ctx::Ctx;
pub use form::{BodyLimit, Form, Part, SiteForm, read_form};
pub use layers::{
    CONVERSATION_TOKEN, finish, finish_public, finish_with_body_limit, not_found, open_to_browsers,
};
pub use problem::{Problem, render};
pub use start::{run, run_streaming};
pub use stream_outcome::StreamOutcome;
pub use visitor::{ClientAddress, client_address};
