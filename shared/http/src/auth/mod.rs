//! Credentials. A route says in its signature who may call it, by an extractor
//! ([`extractors`]); who is behind a secret is looked up once a request ([`known`]).

mod cookie;
mod extractors;
mod known;
mod origin;
mod owner;
mod roles;
mod secret;

pub use cookie::session_cookie;
pub use extractors::{
    CalledFrom, ChatKey, CountedKey, FromHome, PageKey, PollingMember, SecretKey, SessionToken,
    SharedManagement, SharedRoute, SignedIn, SignedInSession, SiteKey, VisitorKey, WorkspaceKey,
};
pub(crate) use known::{KnownCaller, look_up, principal};
pub use owner::SCOPE;
pub(crate) use owner::Shown;
pub(crate) use secret::{key_in_body, key_in_head, secret_in};
