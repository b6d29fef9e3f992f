//! What HTTP functions share. A handler has four steps: extract (with what is here), wire type
//! into a command, one call of `app`, the result into a wire type.

mod auth;
mod body;
mod calls;
mod ctx;
mod file_name;
mod form;
mod idempotency;
mod layers;
mod problem;
mod start;
mod stream_outcome;

pub use auth::{
    ChatKey, CountedKey, PollingMember, SCOPE, SecretKey, SessionToken, SharedManagement,
    SharedRoute, SignedIn, SiteKey, VisitorKey, WorkspaceKey, session_cookie,
};
pub use body::{Body, Params, PathParams, RawBody, parse, query};
pub use ctx::Ctx;
pub use form::{BodyLimit, Form, Part, SiteForm};
pub use layers::{
    CONVERSATION_TOKEN, finish, finish_public, finish_with_body_limit, not_found, open_to_browsers,
};
pub use problem::{Problem, render};
pub use start::{run, run_streaming};
pub use stream_outcome::StreamOutcome;
