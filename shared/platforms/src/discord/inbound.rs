//! Interactions: a ping, a command, and what has to be answered although it says nothing.

use domain::Timestamp;
use serde_json::{Value, json};

use super::{ANSWERABLE, COMMAND, MAX_FOLLOW_UPS};
use crate::{
    ChannelSide, ChannelUser, Inbound, InboundEvent, InboundKind, InboundRequest, ReplyContext,
    Unverified,
    inbound::bounded,
    proof::is_signed,
    text::{MAX_ID, id, language, name, text},
};

const JSON: &str = "application/json";
/// The types of answers.
const PONG: u8 = 1;
const LATER: u8 = 5;
const NOTHING: u8 = 6;
const CHOICES: u8 = 8;
/// Milliseconds from 1970 to the first snowflake.
const EPOCH: u64 = 1_420_070_400_000;

/// Signed over the timestamp and the raw body. Discord sends bad signatures on purpose and expects 401.
pub(crate) fn verify(
    channel: ChannelSide<'_>,
    request: InboundRequest<'_>,
) -> Result<(), Unverified> {
    let signature = request.header("X-Signature-Ed25519").unwrap_or_default();
    let timestamp = request.header("X-Signature-Timestamp").unwrap_or_default();
    let message = [timestamp.as_bytes(), request.body].concat();
    if timestamp.is_empty() || !is_signed(signature, &channel.account.verify_key, &message) {
        return Err(Unverified { status: 401, why: "the signature is missing or wrong" });
    }
    Ok(())
}

pub(crate) fn parse(_: ChannelSide<'_>, request: InboundRequest<'_>) -> Inbound {
    let interaction: Value = serde_json::from_slice(request.body).unwrap_or_default();
    let said = match interaction["type"].as_u64() {
        Some(1) => return answer(&json!({ "type": PONG }), None),
        Some(2) => of_command(&interaction["data"]),
        Some(4) => return answer(&json!({ "type": CHOICES, "data": { "choices": [] } }), None),
        Some(5) => of_modal(&interaction["data"]),
        _ => None,
    };
    let event = said.and_then(|kind| of_interaction(&interaction, kind, request.now));
    let kind = if event.is_some() { LATER } else { NOTHING };
    answer(&json!({ "type": kind }), event)
}

fn answer(body: &Value, event: Option<InboundEvent>) -> Inbound {
    Inbound::answered(JSON, body.to_string(), event.into_iter().collect())
}

/// A slash command's text, or the message that a context menu was opened on.
fn of_command(data: &Value) -> Option<InboundKind> {
    match data["type"].as_u64() {
        Some(3) => {
            let message = &data["resolved"]["messages"][text(&data["target_id"])];
            match bounded(text(&message["content"])) {
                "" => Some(InboundKind::Unsupported("message")),
                said => Some(InboundKind::Text(said.to_owned())),
            }
        }
        None | Some(1) => {
            let none = Vec::new();
            let options = data["options"].as_array().unwrap_or(&none);
            let named = options.iter().find(|option| option["name"] == COMMAND.1);
            let any = options.iter().find(|option| option["value"].is_string());
            match bounded(named.or(any).map_or("", |option| text(&option["value"]))) {
                "" => Some(InboundKind::Greeting),
                said => Some(InboundKind::Text(said.to_owned())),
            }
        }
        _ => None,
    }
}

/// The first text of a submitted form.
fn of_modal(data: &Value) -> Option<InboundKind> {
    let rows = data["components"].as_array()?;
    let fields = rows.iter().filter_map(|row| row["components"].as_array()).flatten();
    let said = fields.map(|field| bounded(text(&field["value"]))).find(|said| !said.is_empty())?;
    Some(InboundKind::Text(said.to_owned()))
}

fn of_interaction(interaction: &Value, kind: InboundKind, now: Timestamp) -> Option<InboundEvent> {
    let member = &interaction["member"];
    let user = if member["user"].is_object() { &member["user"] } else { &interaction["user"] };
    let (channel, user_id) = (id(&interaction["channel_id"]), id(&user["id"]));
    let number: u64 = id(&interaction["id"]).parse().ok()?;
    let token = text(&interaction["token"]);
    let is_whole = !channel.is_empty() && !user_id.is_empty() && !token.is_empty();
    if !is_whole
        || token.len() > 2_000
        || channel.len() + user_id.len() > MAX_ID
        || user["bot"] == true
    {
        return None;
    }
    let called = [&member["nick"], &user["global_name"], &user["username"]];
    let called = called.into_iter().map(text).find(|name| !name.is_empty()).unwrap_or_default();
    let owners = interaction["authorizing_integration_owners"].as_object();
    let is_users_alone = owners.is_some_and(|owners| owners.len() == 1 && owners.contains_key("1"));
    let sent_at = i64::try_from((number >> 22) + EPOCH).map_or(now, Timestamp::from_millis);
    let answerable = i64::try_from(ANSWERABLE.as_millis()).unwrap_or_default();
    Some(InboundEvent {
        dedup_key: number.to_string(),
        peer: format!("{channel}:{user_id}"),
        order: number,
        user: ChannelUser {
            id: user_id.to_owned(),
            name: name(called),
            username: name(text(&user["username"])),
            language: language(&interaction["locale"]),
        },
        chat_id: channel.to_owned(),
        kind,
        sent_at,
        reply: ReplyContext {
            message_id: number.to_string(),
            token: token.to_owned(),
            until: Some(Timestamp::from_millis(now.millis() + answerable)),
            max_pieces: is_users_alone.then_some(1 + MAX_FOLLOW_UPS),
        },
    })
}
