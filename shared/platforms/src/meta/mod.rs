//! What WhatsApp and Messenger have in common: Meta's URL check, its signature, its Graph API and its errors.

mod api;
mod errors;
mod messenger;
#[cfg(test)]
mod tests;
mod whatsapp;

pub(crate) use api::Graph;

use domain::Platform;
use serde_json::Value;

use crate::{
    ChannelSide, Inbound, InboundEvent, InboundRequest, Unverified,
    proof::{is_hmac, is_same},
    text::whole,
};

/// Marks our own messages, which Messenger echoes.
const MARK: &str = "colloquy";

pub(crate) fn receive(
    channel: ChannelSide<'_>,
    request: InboundRequest<'_>,
) -> Result<Inbound, Unverified> {
    if request.method.eq_ignore_ascii_case("GET") {
        return check_url(channel, request);
    }
    verify(channel, request)?;
    let body: Value = serde_json::from_slice(request.body).unwrap_or_default();
    Ok(Inbound::accepted(match channel.credentials.platform() {
        Platform::Messenger => messenger::parse(channel, &body, request.now),
        _ => whatsapp::parse(channel, &body, request.now),
    }))
}

/// Answers the challenge to who knows the verify token.
fn check_url(channel: ChannelSide<'_>, request: InboundRequest<'_>) -> Result<Inbound, Unverified> {
    let expected = channel.credentials.verify_token().unwrap_or_default();
    let given = request.parameter("hub.verify_token").unwrap_or_default();
    let is_ours = request.parameter("hub.mode") == Some("subscribe")
        && !expected.is_empty()
        && is_same(given, expected);
    let challenge = request.parameter("hub.challenge").unwrap_or_default();
    match is_ours && challenge.len() <= 1_000 {
        true => {
            Ok(Inbound::answered("text/plain; charset=utf-8", challenge.to_owned(), Vec::new()))
        }
        false => Err(Unverified { status: 403, why: "the verify token is missing or wrong" }),
    }
}

/// `sha256=` and the HMAC of the raw body, which has the form that was signed.
fn verify(channel: ChannelSide<'_>, request: InboundRequest<'_>) -> Result<(), Unverified> {
    let signature = request.header("X-Hub-Signature-256").unwrap_or_default();
    let secret = channel.credentials.get("app_secret");
    match signature.strip_prefix("sha256=") {
        Some(hex) if !secret.is_empty() && is_hmac(hex, secret, &[request.body]) => Ok(()),
        _ => Err(Unverified { status: 401, why: "the signature is missing or wrong" }),
    }
}

/// Each object of the arrays at `value[name]`.
fn each<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten().filter(|one| one.is_object())
}

/// Milliseconds of a time that is seconds by the documents and milliseconds at times.
fn millis(value: &Value) -> Option<i64> {
    let number = whole(value).filter(|number| *number > 0)?;
    Some(if number < 100_000_000_000 { number * 1000 } else { number })
}

/// A time as an order.
fn order(millis: i64) -> u64 {
    u64::try_from(millis).unwrap_or_default()
}

type Events = Vec<InboundEvent>;
