//! Events: which of them are messages for the bot.

use domain::Timestamp;
use serde_json::Value;

use super::{Peer, references};
use crate::{
    ChannelAccount, ChannelSide, ChannelUser, Inbound, InboundEvent, InboundKind, InboundRequest,
    ReplyContext, Unverified,
    inbound::bounded,
    proof::is_hmac,
    text::{MAX_ID, id, text},
};

/// Seconds by which a timestamp may be off.
const MAX_SKEW: u64 = 300;

/// `v0=` and the HMAC of `v0:<timestamp>:<raw body>`, made within five minutes.
pub(crate) fn verify(
    channel: ChannelSide<'_>,
    request: InboundRequest<'_>,
) -> Result<(), Unverified> {
    let refused = |why| Err(Unverified { status: 401, why });
    let timestamp = request.header("X-Slack-Request-Timestamp").unwrap_or_default();
    let Ok(seconds) = timestamp.parse::<i64>() else {
        return refused("the timestamp is missing or no number");
    };
    if request.now.seconds().abs_diff(seconds) > MAX_SKEW {
        return refused("the timestamp is more than five minutes off");
    }
    let signature = request.header("X-Slack-Signature").unwrap_or_default();
    let parts = [b"v0:", timestamp.as_bytes(), b":", request.body];
    let secret = channel.credentials.get("signing_secret");
    match signature.strip_prefix("v0=") {
        Some(hex) if !secret.is_empty() && is_hmac(hex, secret, &parts) => Ok(()),
        _ => refused("the signature is missing or wrong"),
    }
}

pub(crate) fn parse(channel: ChannelSide<'_>, request: InboundRequest<'_>) -> Inbound {
    let envelope: Value = serde_json::from_slice(request.body).unwrap_or_default();
    match text(&envelope["type"]) {
        "url_verification" => {
            let challenge = text(&envelope["challenge"]).to_owned();
            Inbound::answered("text/plain; charset=utf-8", challenge, Vec::new())
        }
        "event_callback" => {
            let event = of_callback(channel.account, &envelope, request.now);
            Inbound::accepted(event.into_iter().collect())
        }
        _ => Inbound::accepted(Vec::new()),
    }
}

fn of_callback(account: &ChannelAccount, envelope: &Value, now: Timestamp) -> Option<InboundEvent> {
    let event = &envelope["event"];
    // Another workspace's installation of the same app has a channel of its own.
    let team = id(&envelope["team_id"]);
    if !account.team_id.is_empty() && !team.is_empty() && team != account.team_id {
        return None;
    }
    match text(&event["type"]) {
        "message" | "app_mention" => of_message(account, team, event),
        "app_uninstalled" => Some(lost(envelope, "the app was uninstalled", now)),
        "tokens_revoked" => {
            let bots = event["tokens"]["bot"].as_array()?;
            let is_ours = bots.iter().any(|user| text(user) == account.id);
            is_ours.then(|| lost(envelope, "the bot's token was revoked", now))
        }
        _ => None,
    }
}

fn lost(envelope: &Value, reason: &str, now: Timestamp) -> InboundEvent {
    InboundEvent {
        dedup_key: id(&envelope["event_id"]).to_owned(),
        peer: String::new(),
        order: 0,
        user: ChannelUser::default(),
        chat_id: String::new(),
        kind: InboundKind::ChannelLost(reason.to_owned()),
        sent_at: now,
        reply: ReplyContext::default(),
    }
}

/// Subtypes that are messages of a person; all others are edits, deletions, joins and the like.
const SPOKEN: [&str; 3] = ["", "file_share", "thread_broadcast"];

fn of_message(account: &ChannelAccount, team: &str, event: &Value) -> Option<InboundEvent> {
    let (user, ts) = (id(&event["user"]), id(&event["ts"]));
    let is_ours =
        user == account.id || !event["bot_id"].is_null() || !event["bot_profile"].is_null();
    let is_hidden = event["hidden"] == true || !SPOKEN.contains(&text(&event["subtype"]));
    if is_ours || is_hidden || user.is_empty() || user == "USLACKBOT" {
        return None;
    }
    let channel = Some(id(&event["channel"])).filter(|channel| !channel.is_empty())?;
    if team.len() + channel.len() > MAX_ID {
        return None;
    }
    let micros = micros(ts)?;
    let said = text(&event["text"]);
    // An `app_mention` names no kind of channel; the id of a direct one begins with D.
    let is_direct = text(&event["channel_type"]) == "im" || channel.starts_with('D');
    let is_mention = event["type"] == "app_mention" || references::names(said, &account.id);
    if !is_direct && !is_mention {
        return None;
    }
    let of_thread = Some(id(&event["thread_ts"])).filter(|ts| micros_are(ts));
    let thread = if is_direct { of_thread } else { of_thread.or(Some(ts)) };
    let words = references::readable(said, &account.id);
    let has_files = event["files"].as_array().is_some_and(|files| !files.is_empty());
    let kind = match bounded(&words) {
        "" if has_files => InboundKind::Unsupported("file"),
        "" if is_mention => InboundKind::Greeting,
        "" => return None,
        said => InboundKind::Text(said.to_owned()),
    };
    Some(InboundEvent {
        dedup_key: format!("{team}:{channel}:{ts}"),
        peer: Peer { team, channel, thread }.write(),
        order: micros,
        user: ChannelUser { id: user.to_owned(), ..ChannelUser::default() },
        chat_id: channel.to_owned(),
        kind,
        sent_at: Timestamp::from_millis(i64::try_from(micros / 1000).unwrap_or_default()),
        reply: ReplyContext { message_id: ts.to_owned(), ..ReplyContext::default() },
    })
}

fn micros_are(ts: &str) -> bool {
    micros(ts).is_some()
}

/// A `ts`, seconds with six decimals, in microseconds.
fn micros(ts: &str) -> Option<u64> {
    let (seconds, fraction) = ts.split_once('.')?;
    let is_fraction = fraction.len() == 6 && fraction.bytes().all(|b| b.is_ascii_digit());
    let seconds: u64 = seconds.parse().ok().filter(|_| is_fraction)?;
    seconds.checked_mul(1_000_000)?.checked_add(fraction.parse().ok()?)
}
