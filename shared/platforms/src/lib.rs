//! Messaging platforms: verify, parse, render, send, classify an error.
//!
//! One folder per platform. What all of them share is here:
//!
//! - [`ChannelCredentials`], what a team pastes, and [`ChannelAccount`], what the platform then says of it.
//! - [`receive`]: an [`InboundRequest`], verified over its raw bytes, becomes an [`Inbound`]: the answer to give at
//!   once and a list of [`InboundEvent`]s. It does no input or output.
//! - [`render`]: Markdown becomes [`Piece`]s that fit the platform.
//! - [`PlatformApi`]: identifies, registers, unregisters, checks, shows typing and sends. Each failure is classified
//!   ([`SendFailure`], [`ConnectFailure`]), so that callers need no platform's codes.
//!
//! A conversation is identified by its peer, a string that only this crate makes and reads. What belongs to one
//! message (a thread, a token that expires) is its [`ReplyContext`].

mod account;
mod api;
mod call;
mod credentials;
mod discord;
mod failure;
mod hosts;
mod inbound;
mod markdown;
mod meta;
mod proof;
mod slack;
mod telegram;
#[cfg(test)]
mod tests;
mod text;

pub use account::ChannelAccount;
pub use api::{PlatformApi, SendTarget, SentPiece, WebhookTarget};
pub use credentials::{ChannelCredentials, CredentialField};
pub use failure::{ConnectError, ConnectFailure, PieceError, SendFailure, WebhookHealth};
pub use hosts::PlatformHosts;
pub use inbound::{
    Acknowledgment, ChannelSide, ChannelUser, Inbound, InboundEvent, InboundKind, InboundRequest,
    ReplyContext, Unverified, max_body, receive,
};
pub use markdown::{Piece, render, render_plain};
