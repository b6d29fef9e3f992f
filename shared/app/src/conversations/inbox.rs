//! The inbox: a team reads the conversations of its chatbots, takes one over, answers, gives it back.
//!
//! A reply makes a conversation the team's: its status is `handed_off`, in which the chatbot is silent.
//! A reply and the status are one transaction. Who polls an inbox asks its feed, which the stream's
//! subscriber `events::inbox` writes.

use std::time::Duration;

use domain::{
    Conversation, ConversationId, ConversationStatus, DirectAuthor, DirectMessage, Error,
    ErrorKind, InboxPatch, Member, MessageId, Result, Timestamp, WorkspaceId,
};

use crate::{App, conversations::list::Whole};

/// Entries of the feed in one answer.
const MAX_CHANGES: u32 = 100;
/// How far back the feed is read again: an entry may be written this much later than its time says.
const OVERLAP: Duration = Duration::from_secs(10);
/// An older cursor has entries behind it that have expired.
const MAX_AGE: Duration = Duration::from_secs(23 * 60 * 60);
/// How often a write is repeated whose conversation changed meanwhile.
const ATTEMPTS: u32 = 4;

/// What changed in an inbox.
#[derive(Debug, Clone, PartialEq)]
pub struct InboxChanges {
    /// The conversations that did, as they are now.
    pub conversations: Vec<Conversation>,
    /// Where to ask from the next time.
    pub cursor: Timestamp,
    /// There is too much to tell: the list is to be read again.
    pub is_reset: bool,
}

impl App {
    /// A conversation of any of the workspace's chatbots with what was said in it.
    pub async fn inbox_conversation(
        &self,
        workspace: WorkspaceId,
        id: ConversationId,
    ) -> Result<Whole> {
        self.transcript_of(workspace, id, None).await
    }

    /// A member answers in a conversation, which is the team's from then on.
    pub async fn reply(
        &self,
        member: &Member,
        id: ConversationId,
        text: String,
    ) -> Result<DirectMessage> {
        let workspace = member.workspace_id;
        let chatbot = self.chatbot_of(workspace, id).await?;
        for _ in 0..ATTEMPTS {
            let conversation = self.conversation_at(workspace, chatbot, id).await?;
            let author = DirectAuthor::Member(member.email.clone());
            let takes_over = InboxPatch {
                status: Some(ConversationStatus::HandedOff),
                assignee: conversation.assignee.is_none().then(|| Some(member.email.clone())),
            };
            let now = self.now();
            let of = (MessageId::at(now), now);
            let message = DirectMessage::new(&conversation, of, author, text.clone())?;
            let put =
                self.store.put_direct_message(&conversation, &message, &takes_over, self.idle);
            if put.await? {
                return Ok(message);
            }
        }
        Err(changed_meanwhile())
    }

    /// Changes the status or the assignee of a conversation.
    pub async fn patch_inbox(
        &self,
        workspace: WorkspaceId,
        id: ConversationId,
        patch: InboxPatch,
    ) -> Result<Conversation> {
        if let Some(Some(address)) = &patch.assignee {
            let user = self.store.user(address).await?;
            if user.is_none_or(|user| user.workspace_id != workspace) {
                return Err(Error::field("assignee", "must be the address of a member"));
            }
        }
        let chatbot = self.chatbot_of(workspace, id).await?;
        for _ in 0..ATTEMPTS {
            let conversation = self.conversation_at(workspace, chatbot, id).await?;
            let now = self.now();
            if self.store.patch_conversation(&conversation, &patch, now, self.idle).await? {
                return Ok(patched(conversation, patch));
            }
        }
        Err(changed_meanwhile())
    }

    /// What changed in the inbox of `workspace` since the cursor of an earlier answer; without one,
    /// where to begin. One read while nothing did.
    pub async fn inbox_changes(
        &self,
        workspace: WorkspaceId,
        since: Option<Timestamp>,
    ) -> Result<InboxChanges> {
        let now = self.now();
        let nothing = |is_reset| InboxChanges { conversations: Vec::new(), cursor: now, is_reset };
        let Some(since) = since else { return Ok(nothing(false)) };
        if now.since(since) > MAX_AGE {
            return Ok(nothing(true));
        }
        let from = since.minus(OVERLAP);
        let (entries, more) = self.store.feed(workspace, from, MAX_CHANGES).await?;
        if more {
            return Ok(nothing(true));
        }
        let conversations = match entries.is_empty() {
            true => Vec::new(),
            false => self.store.conversations_in_feed(&entries).await?,
        };
        Ok(InboxChanges { conversations, cursor: now, is_reset: false })
    }
}

fn patched(conversation: Conversation, patch: InboxPatch) -> Conversation {
    let status = patch.status.unwrap_or(conversation.status);
    let assignee = patch.assignee.unwrap_or_else(|| conversation.assignee.clone());
    Conversation { status, assignee, ..conversation }
}

pub(super) fn changed_meanwhile() -> Error {
    Error::new(ErrorKind::Conflict, "the conversation was changed by another request; try again")
}
