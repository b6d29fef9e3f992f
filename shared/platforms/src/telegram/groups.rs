//! Groups: a message is for the bot if it mentions it, commands it by name, or replies to it.

use serde_json::Value;

use super::inbound::{unsupported, words};
use crate::{ChannelAccount, InboundKind, text::text};

/// The text or caption, with its entities.
pub(super) fn said(message: &Value) -> (&str, &Value) {
    match text(&message["text"]) {
        "" => (text(&message["caption"]).trim_end(), &message["caption_entities"]),
        said => (said.trim_end(), &message["entities"]),
    }
}

/// A command's name, and the bot that it names.
pub(super) fn command(command: &str) -> (&str, Option<&str>) {
    match command.split_once('@') {
        Some((command, bot)) => (command, Some(bot)),
        None => (command, None),
    }
}

pub(super) fn in_group(account: &ChannelAccount, message: &Value) -> Option<InboundKind> {
    if has_joined(account, message) {
        return Some(InboundKind::Greeting);
    }
    let (said, entities) = said(message);
    let is_reply = is_us(account, &message["reply_to_message"]["from"]);
    if said.is_empty() {
        return is_reply.then(|| unsupported(message)).flatten();
    }
    let none = Vec::new();
    let ranges: Vec<(usize, usize)> = entities
        .as_array()
        .unwrap_or(&none)
        .iter()
        .filter_map(|entity| addressed(account, said, entity))
        .collect();
    if ranges.is_empty() && !is_reply {
        return None;
    }
    let is_start = ranges.iter().any(|(from, to)| {
        let named = said.get(*from..*to).and_then(|part| part.strip_prefix('/'));
        named.is_some_and(|part| command(part).0 == "start")
    });
    if is_start {
        return Some(InboundKind::Greeting);
    }
    Some(words(&without(said, &ranges)))
}

/// The bytes of `said` in which `entity` names us: a mention, or a command's `@bot`.
fn addressed(account: &ChannelAccount, said: &str, entity: &Value) -> Option<(usize, usize)> {
    let start = byte_at(said, usize::try_from(entity["offset"].as_u64()?).ok()?)?;
    let units = entity["offset"].as_u64()?.checked_add(entity["length"].as_u64()?)?;
    let end = byte_at(said, usize::try_from(units).ok()?)?;
    let part = said.get(start..end)?;
    let names_us = |name: &str| !name.is_empty() && name.eq_ignore_ascii_case(&account.username);
    match text(&entity["type"]) {
        "mention" => names_us(part.strip_prefix('@')?).then_some((start, end)),
        "text_mention" => is_us(account, &entity["user"]).then_some((start, end)),
        "bot_command" => {
            let (command, bot) = command(part.strip_prefix('/')?);
            let keeps = 1 + command.len();
            let start = if command == "start" { start } else { start + keeps };
            names_us(bot?).then_some((start, end))
        }
        _ => None,
    }
}

/// Where the UTF-16 unit with this number begins in `text`; none inside a character or past the end.
fn byte_at(text: &str, unit: usize) -> Option<usize> {
    let mut units = 0;
    for (byte, c) in text.char_indices() {
        if units == unit {
            return Some(byte);
        }
        units += c.len_utf16();
    }
    (units == unit).then_some(text.len())
}

/// `said` without these ranges, and without the blanks that they leave.
fn without(said: &str, ranges: &[(usize, usize)]) -> String {
    let mut ranges = ranges.to_vec();
    ranges.sort_unstable();
    let (mut left, mut at) = (String::new(), 0);
    for (start, end) in ranges {
        left.push_str(said.get(at..start).unwrap_or_default());
        let is_between = left.ends_with(' ') || left.is_empty();
        at = at.max(end);
        if is_between && said.get(at..).is_some_and(|rest| rest.starts_with(' ')) {
            at += 1;
        }
    }
    left.push_str(said.get(at..).unwrap_or_default());
    left.trim().to_owned()
}

fn is_us(account: &ChannelAccount, user: &Value) -> bool {
    user["id"].as_i64().is_some_and(|id| id.to_string() == account.id)
}

fn has_joined(account: &ChannelAccount, message: &Value) -> bool {
    let joined = message["new_chat_members"].as_array();
    joined.is_some_and(|all| all.iter().any(|user| is_us(account, user)))
}
