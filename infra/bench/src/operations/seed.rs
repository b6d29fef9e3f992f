//! A chatbot's past, written as the platform writes it: turns, closings, ratings, handoffs and
//! leads by the store's own functions, counted as the worker counts them. No worker is attached
//! meanwhile, and the stream is forgotten as it grows, so that its history stays short.

use domain::{
    ConversationStatus, HandoffStatus, Lead, LeadId, MessageId, Result, Timestamp,
    conversation::Handoff,
};
use futures::{StreamExt, TryStreamExt};
use local::LocalPlatform;
use store::{Change, TurnWrite, keys};

use super::conversations::{Held, Random, With, held, times};
use crate::BenchError;

/// Conversations written at the same time.
const AT_ONCE: usize = 16;
/// Conversations after which the stream is forgotten.
const CHUNK: usize = 1_000;
/// Not one that a stream has.
const SHARD: &str = "seed";

/// Leaves `count` conversations behind, up to `now`.
pub async fn seed(
    platform: &LocalPlatform,
    with: With,
    count: u32,
    now: Timestamp,
) -> crate::Result<()> {
    let mut random = Random::new(42);
    let times = times(count, now, &mut random);
    let mut sequence = 0_u64;
    for (done, chunk) in times.chunks(CHUNK).enumerate() {
        let all: Vec<Held> = chunk.iter().map(|at| held(with, *at, &mut random)).collect();
        let written: Vec<Vec<Change>> = futures::stream::iter(all)
            .map(|held| write(platform, held, now))
            .buffered(AT_ONCE)
            .try_collect()
            .await
            .map_err(BenchError::of)?;
        let changes: Vec<(String, Option<Change>)> = written
            .into_iter()
            .flatten()
            .map(|change| {
                sequence += 1;
                (format!("{sequence:021}"), Some(change))
            })
            .collect();
        platform.app.count(SHARD, &changes).await.map_err(BenchError::of)?;
        platform.forget_changes().await.map_err(BenchError::of)?;
        if (done + 1) % 10 == 0 {
            eprintln!("  {} written", (done + 1) * CHUNK);
        }
    }
    Ok(())
}

/// Stores turns and their conversation.
pub async fn put(platform: &LocalPlatform, held: &Held) -> Result<()> {
    let (store, idle) = (&platform.app.store, platform.app.idle);
    let mut conversation = held.opened.clone();
    for (n, turn) in held.turns.iter().enumerate() {
        conversation.updated_at = turn.answered_at;
        let how = match n {
            0 => TurnWrite::Opens,
            _ => TurnWrite::Continues(ConversationStatus::Active),
        };
        store.put_turn(&conversation, turn, how, idle).await?;
    }
    Ok(())
}

/// As a lead's id made then.
fn lead_at(at: Timestamp) -> Result<LeadId> {
    MessageId::at(at).to_string().parse()
}

/// Stores a conversation and what became of it by `now`. What it counts for in the end is what
/// all the changes on the way there add up to.
async fn write(platform: &LocalPlatform, held: Held, now: Timestamp) -> Result<Vec<Change>> {
    let (store, idle) = (&platform.app.store, platform.app.idle);
    put(platform, &held).await?;
    let Held { opened: mut conversation, mut turns, rating, handed_off, lead } = held;
    let (chatbot, id) = (conversation.chatbot_id, conversation.id);
    for turn in &turns {
        conversation.updated_at = turn.answered_at;
    }
    let mut changes = Vec::new();
    if let (Some(rating), Some(turn)) = (rating, turns.first_mut()) {
        store.rate(chatbot, id, turn.id, rating, turn.answered_at).await?;
        (turn.rating, turn.rated_at) = (Some(rating), Some(turn.answered_at));
        conversation.overall_rating = Some(rating);
    }
    if handed_off {
        let handoff = Handoff::because(conversation.dialect, Some("wants to talk to somebody"))?;
        store.hand_off(chatbot, id, &handoff, conversation.updated_at).await?;
        conversation.status = ConversationStatus::HandedOff;
        conversation.handoff = HandoffStatus::Requested;
    } else if conversation.updated_at.plus(idle) <= now {
        let ended = conversation.updated_at.plus(idle);
        store.close_if_idle(&keys::conversation(chatbot, id), idle, ended).await?;
        conversation.status = ConversationStatus::Closed;
    }
    if lead {
        let lead = Lead {
            id: lead_at(conversation.created_at)?,
            chatbot_id: chatbot,
            workspace_id: conversation.workspace_id,
            conversation_id: Some(id),
            visitor_id: Some(conversation.visitor_id.clone()),
            name: Some(format!("Visitor {}", conversation.visitor_id)),
            email: Some(format!("{}@example.com", conversation.visitor_id)),
            phone: None,
            fields: serde_json::Map::new(),
            created_at: conversation.created_at,
        };
        store.put_lead(&lead).await?;
        changes.push(Change::LeadCaptured(lead));
    }
    changes.push(Change::ConversationStarted(conversation));
    changes.extend(turns.into_iter().map(Change::TurnAdded));
    Ok(changes)
}
