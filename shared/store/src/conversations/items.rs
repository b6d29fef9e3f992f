//! Conversations and turns.

use std::time::Duration;

use domain::{
    BackendReport, ChannelOrigin, ChatbotId, Citation, Conversation, ConversationId,
    ConversationStatus, Dialect, HandoffStatus, LeadId, MessageId, Result, Timestamp, Turn,
    TurnTrace, WorkspaceId,
    conversation::{Handoff, MAX_MESSAGES, MAX_TEXT_BYTES},
};
use serde::{Deserialize, Serialize};

use crate::{
    conversations::traces,
    erasures::target::PurgeTarget,
    erasures::tombstones::bury,
    keys::{self, Key},
    table::client::{Range, Store},
    table::compressed,
    table::conversions::item_conversions,
    table::write::Write,
};

/// Conversations whose turns are read at the same time.
pub(super) const TURN_READS: usize = 20;

#[derive(Serialize, Deserialize)]
pub(crate) struct ConversationItem {
    id: ConversationId,
    chatbot_id: ChatbotId,
    workspace_id: WorkspaceId,
    dialect: Dialect,
    visitor_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<ChannelOrigin>,
    status: ConversationStatus,
    handoff: HandoffStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    handoff_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    handoff_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer_email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    overall_rating: Option<i8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assignee: Option<String>,
    message_count: u32,
    #[serde(default)]
    direct_messages: u32,
    #[serde(default)]
    text_bytes: u32,
    #[serde(default, skip_serializing_if = "<[LeadId]>::is_empty")]
    lead_ids: Box<[LeadId]>,
    first_message: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// When it was closed for being idle; removed when it continues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The dialect that the last handoff was requested in, which decides who is told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff_dialect: Option<Dialect>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct TurnItem {
    id: MessageId,
    question_id: MessageId,
    conversation_id: ConversationId,
    chatbot_id: ChatbotId,
    workspace_id: WorkspaceId,
    #[serde(with = "compressed::text")]
    question: String,
    #[serde(with = "compressed::text")]
    answer: String,
    #[serde(with = "compressed::list")]
    citations: Vec<Citation>,
    confidence: f64,
    unanswered: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    backend: Option<BackendReport>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rating: Option<i8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rated_at: Option<Timestamp>,
    asked_at: Timestamp,
    answered_at: Timestamp,
}

item_conversions!(
    ConversationItem,
    Conversation {
        id,
        chatbot_id,
        workspace_id,
        dialect,
        visitor_id,
        session_id,
        origin,
        status,
        handoff,
        handoff_at,
        handoff_reason,
        customer_email,
        overall_rating,
        assignee,
        message_count,
        direct_messages,
        text_bytes,
        lead_ids,
        first_message,
        created_at,
        updated_at,
    } + from { ended_at: None, handoff_dialect: None }
);

item_conversions!(
    TurnItem,
    Turn {
        id,
        question_id,
        conversation_id,
        chatbot_id,
        workspace_id,
        question,
        answer,
        citations,
        confidence,
        unanswered,
        backend,
        rating,
        rated_at,
        asked_at,
        answered_at,
    }
);

/// How a turn is added to its conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnWrite {
    /// It opens the conversation.
    Opens,
    /// It continues a conversation that was in this status.
    Continues(ConversationStatus),
}

/// What became of an idle conversation that was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// It is closed now.
    Closed,
    /// It has been going on; it is due again later.
    StillActive,
    /// It was closed, handed over or deleted by another request.
    Gone,
}

pub(super) fn active_indexes(
    conversation: &Conversation,
    idle: Duration,
) -> [(&'static str, String); 4] {
    let key = keys::conversation(conversation.chatbot_id, conversation.id);
    [
        ("due_pk", keys::due_partition_of(&key)),
        ("due_at", conversation.updated_at.plus(idle).to_string()),
        ("list_pk", keys::conversations_of(conversation.chatbot_id, ConversationStatus::Active)),
        ("list_sk", conversation.id.to_string()),
    ]
}

impl Store {
    /// A conversation of `chatbot`.
    pub async fn conversation(
        &self,
        chatbot: ChatbotId,
        id: ConversationId,
    ) -> Result<Option<Conversation>> {
        let found: Option<ConversationItem> =
            self.get(&keys::conversation(chatbot, id), true).await?;
        Ok(found.map(Into::into))
    }

    /// Writes a turn and its conversation together; `conversation` is as it shall be afterwards.
    /// `false` if the conversation is no longer in the status it was read in, full or gone: read it
    /// again. While active, a conversation keeps its place in the `due` index: the ticker looks at
    /// `updated_at` and puts it off, which is cheaper than moving it with every message.
    pub async fn put_turn(
        &self,
        conversation: &Conversation,
        turn: &Turn,
        how: TurnWrite,
        idle: Duration,
    ) -> Result<bool> {
        self.put_traced_turn(conversation, turn, how, idle, None).await
    }

    /// As [`Store::put_turn`], with what led to the answer beside it.
    pub async fn put_traced_turn(
        &self,
        conversation: &Conversation,
        turn: &Turn,
        how: TurnWrite,
        idle: Duration,
        trace: Option<&TurnTrace>,
    ) -> Result<bool> {
        let key = keys::conversation(conversation.chatbot_id, conversation.id);
        let written = match how {
            TurnWrite::Opens => {
                let put = Write::put(key, &ConversationItem::from(conversation))?.if_absent();
                active_indexes(conversation, idle)
                    .into_iter()
                    .fold(put, |put, (name, value)| put.with(name, value))
            }
            TurnWrite::Continues(was) => {
                let active = ConversationStatus::Active;
                let reopened = was != active && conversation.status == active;
                let mut expression = "SET updated_at = :at, #status = :status \
                                      ADD message_count :two, text_bytes :bytes"
                    .to_owned();
                if reopened {
                    expression = "SET updated_at = :at, #status = :status, due_pk = :due_pk, \
                                  due_at = :due_at, list_pk = :list_pk, list_sk = :list_sk \
                                  REMOVE ended_at ADD message_count :two, text_bytes :bytes"
                        .to_owned();
                }
                let mut update = Write::update(key, expression)
                    .name("status", "status")
                    .value("at", conversation.updated_at)?
                    .value("status", conversation.status)?
                    .value("two", 2)?
                    .value("bytes", turn.text_bytes())?
                    .when(
                        "attribute_exists(pk) AND #status = :was \
                         AND message_count < :max_messages \
                         AND (attribute_not_exists(text_bytes) OR text_bytes <= :max_bytes)",
                    )
                    .value("was", was)?
                    .value("max_messages", MAX_MESSAGES)?
                    .value("max_bytes", MAX_TEXT_BYTES)?;
                if reopened {
                    for (name, value) in active_indexes(conversation, idle) {
                        update = update.value(name, value)?;
                    }
                }
                update
            }
        };
        let turn_key = keys::turn(turn.conversation_id, turn.id);
        let mut added = Write::put(turn_key, &TurnItem::from(turn))?.if_absent();
        // By its answer's id alone a rating finds the turn. Where that answer opens the
        // conversation its id leads there by itself, and the write is saved.
        if how != TurnWrite::Opens {
            let partition = keys::message_partition(turn.id);
            added = added.with("list_pk", partition).with("list_sk", "TURN");
        } else if let Some(session) = &conversation.session_id {
            let partition = keys::session_conversations(conversation.chatbot_id, session);
            let id = conversation.id.to_string();
            added = added.with("list_pk", partition).with("list_sk", id);
        }
        let mut writes = vec![written, added];
        writes.extend(trace.map(traces::kept).transpose()?);
        Ok(self.transact(writes).await?.is_done())
    }

    /// All turns of a conversation, oldest first.
    pub async fn turns(&self, conversation: ConversationId) -> Result<Vec<Turn>> {
        let partition = keys::conversation_partition(conversation);
        let items: Vec<TurnItem> = self.query(Range::prefix(partition, keys::TURN)).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// The first `limit` turns of a conversation, oldest first.
    pub async fn first_turns(&self, conversation: ConversationId, limit: u32) -> Result<Vec<Turn>> {
        let partition = keys::conversation_partition(conversation);
        let range = Range::prefix(partition, keys::TURN).limit(limit);
        let items: Vec<TurnItem> = self.query(range).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// The last `limit` turns of a conversation, oldest first.
    pub async fn last_turns(&self, conversation: ConversationId, limit: u32) -> Result<Vec<Turn>> {
        let partition = keys::conversation_partition(conversation);
        let range = Range::prefix(partition, keys::TURN).backwards().limit(limit);
        let items: Vec<TurnItem> = self.query(range).await?;
        Ok(items.into_iter().rev().map(Into::into).collect())
    }

    /// A turn of a conversation, by its id.
    pub async fn turn(&self, conversation: ConversationId, id: MessageId) -> Result<Option<Turn>> {
        let found: Option<TurnItem> = self.get(&keys::turn(conversation, id), true).await?;
        Ok(found.map(Into::into))
    }

    /// Deletes a conversation; whether there was one. Its turns follow behind the stream.
    pub async fn delete_conversation(
        &self,
        chatbot: ChatbotId,
        id: ConversationId,
        now: Timestamp,
    ) -> Result<bool> {
        let writes = vec![
            Write::delete(keys::conversation(chatbot, id)).if_present(),
            bury(PurgeTarget::Conversation { id }, chatbot, now)?,
        ];
        Ok(self.transact(writes).await?.is_done())
    }

    /// Hands a conversation over to a person; whether it was not theirs already. It is due no
    /// more: nothing ends by itself what a person has taken over.
    pub async fn hand_off(
        &self,
        chatbot: ChatbotId,
        id: ConversationId,
        handoff: &Handoff,
        now: Timestamp,
    ) -> Result<bool> {
        let Handoff { dialect, reason, customer_email } = handoff;
        let status = ConversationStatus::HandedOff;
        let given = [("handoff_reason", reason), ("customer_email", customer_email)];
        // What an earlier handoff left and this one doesn't say goes.
        let (mut set, mut remove) = (String::new(), String::new());
        for (name, value) in given {
            match value {
                Some(_) => set.push_str(&format!(", {name} = :{name}")),
                None => remove.push_str(&format!(", {name}")),
            }
        }
        let mut write = Write::update(
            keys::conversation(chatbot, id),
            format!(
                "SET #status = :status, handoff = :requested, handoff_at = :now, \
                 handoff_dialect = :dialect, list_pk = :list{set} \
                 REMOVE due_pk, due_at, ended_at{remove}"
            ),
        )
        .name("status", "status")
        .value("status", status)?
        .value("requested", HandoffStatus::Requested)?
        .value("now", now)?
        .value("dialect", dialect)?
        .value("list", keys::conversations_of(chatbot, status))?
        .when("attribute_exists(pk) AND #status <> :status");
        for (name, value) in given {
            if let Some(value) = value {
                write = write.value(name, value)?;
            }
        }
        Ok(self.write(write).await?.is_done())
    }

    /// Closes the conversation under `key` if no message came for `idle`, or puts it off.
    /// However many do this at once, it is closed once.
    pub async fn close_if_idle(
        &self,
        key: &Key,
        idle: Duration,
        now: Timestamp,
    ) -> Result<Waiting> {
        let Some(item) = self.get::<ConversationItem>(key, true).await? else {
            return Ok(Waiting::Gone);
        };
        let conversation = Conversation::from(item);
        let still = "attribute_exists(pk) AND updated_at = :seen AND #status = :active";
        if conversation.status != ConversationStatus::Active {
            let forget = Write::update(key.clone(), "REMOVE due_pk, due_at")
                .name("status", "status")
                .when("attribute_exists(pk) AND #status <> :active")
                .value("active", ConversationStatus::Active)?;
            self.write(forget).await?;
            return Ok(Waiting::Gone);
        }
        let due = conversation.updated_at.plus(idle);
        if due > now {
            let later = Write::update(key.clone(), "SET due_at = :due")
                .name("status", "status")
                .value("due", due.to_string())?
                .when(still)
                .value("seen", conversation.updated_at)?
                .value("active", ConversationStatus::Active)?;
            self.write(later).await?;
            return Ok(Waiting::StillActive);
        }
        let closed = ConversationStatus::Closed;
        let close = Write::update(
            key.clone(),
            "SET #status = :closed, ended_at = :now, list_pk = :list REMOVE due_pk, due_at",
        )
        .name("status", "status")
        .value("closed", closed)?
        .value("now", now)?
        .value("list", keys::conversations_of(conversation.chatbot_id, closed))?
        .when(still)
        .value("seen", conversation.updated_at)?
        .value("active", ConversationStatus::Active)?;
        let done = self.write(close).await?.is_done();
        Ok(if done { Waiting::Closed } else { Waiting::StillActive })
    }
}
