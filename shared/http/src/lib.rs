//! What HTTP functions share. A handler has four steps: extract (with what is here), wire type
//! into a command, one call of `app`, the result into a wire type.

mod auth;
mod body;
mod calls;
mod ctx;
mod form;
mod idempotency;
mod layers;
mod problem;
mod start;
mod stream_outcome;

pub use auth::{
    ChatKey, CountedKey, SecretKey, SessionToken, SharedManagement, SharedRoute, SignedIn, SiteKey,
    WorkspaceKey, session_cookie,
};
pub use body::{Body, Params, Segments, parse, query};
pub use ctx::Ctx;
pub use form::{Form, Part, Room, SiteForm};
pub use layers::{finish, finish_public, finish_with_room, open_to_browsers};
pub use problem::{Botplot, ChatbotPlatform, Conferbot, Helpbot, Openbat, Problem, Speaks, render};
pub use start::{run, run_streaming};
pub use stream_outcome::StreamOutcome;
