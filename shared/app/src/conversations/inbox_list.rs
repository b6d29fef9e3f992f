//! The inbox's list: pages of conversations, by what their rows say and by what was said in them.
//!
//! No index has the words of messages: such a row would make every turn dearer, for a search that a
//! team makes now and then. A search reads the messages of conversations instead, newest first. What a
//! page reads is bounded, not what it finds: it may be short or empty and have a next one.

use domain::{
    ChatbotId, Conversation, ConversationId, ConversationStatus, Error, InboxCursor, InboxQuery,
    Result, TranscriptEntry, WorkspaceId,
};
use futures::future::try_join_all;

use crate::App;

/// Chatbots that a list of all of a workspace's looks at; one that has more names one.
pub const MAX_CHATBOTS: usize = 50;
/// Conversations whose rows one page looks at, where a filter has to look inside.
const MAX_LOOKED_AT: usize = 1_000;
/// Conversations of a chatbot that are read at once, where a filter has to look inside.
const BATCH: u32 = 100;
/// Conversations whose messages one page of a search reads: half a read unit for each 4 KB of one.
const MAX_READ: usize = 100;
/// Bytes of messages that one page of a search reads, but for those of its first conversation.
const MAX_READ_BYTES: u64 = 2 * 1024 * 1024;
/// Conversations whose messages are read before those that were found are counted.
const GROUP: usize = 20;
/// What a message counts for in a conversation that was begun before bytes were counted.
const MESSAGE_BYTES: u32 = 512;

/// A conversation in the inbox's list.
#[derive(Debug, Clone, PartialEq)]
pub struct InboxRow {
    /// The conversation.
    pub conversation: Conversation,
    /// Where a message of it has the text that was searched for; `None` if its row has.
    pub excerpt: Option<String>,
}

/// A page of the list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InboxPage {
    /// Newest first.
    pub rows: Vec<InboxRow>,
    /// Behind the last conversation that was looked at, if there may be more.
    pub cursor: Option<InboxCursor>,
}

/// A page while it is filled.
struct Filling<'a> {
    query: &'a InboxQuery,
    rows: Vec<InboxRow>,
    cursor: Option<InboxCursor>,
    read: usize,
    read_bytes: u64,
}

impl Filling<'_> {
    fn is_full(&self) -> bool {
        self.rows.len() >= usize::try_from(self.query.limit).unwrap_or(usize::MAX)
    }

    fn needs_messages(&self, conversation: &Conversation) -> bool {
        self.query.admits(conversation) && !self.query.is_in_row(conversation)
    }

    /// Whether this page may read the messages of one more conversation, which counts from now on.
    /// The first one always, so that each page comes further than the one before.
    fn may_read(&mut self, conversation: &Conversation) -> bool {
        let floor = conversation.message_count.saturating_mul(MESSAGE_BYTES);
        let bytes = self.read_bytes + u64::from(conversation.text_bytes.max(floor));
        if self.read > 0 && (self.read == MAX_READ || bytes > MAX_READ_BYTES) {
            return false;
        }
        (self.read, self.read_bytes) = (self.read + 1, bytes);
        true
    }

    fn take(&mut self, conversation: Conversation, said: Option<Vec<TranscriptEntry>>) {
        self.cursor = Some(InboxCursor(conversation.id));
        let excerpt = said.as_ref().and_then(|said| self.query.excerpt(said));
        let is_wanted = self.query.admits(&conversation) && (said.is_none() || excerpt.is_some());
        if is_wanted && !self.is_full() {
            self.rows.push(InboxRow { conversation, excerpt });
        }
    }
}

impl App {
    /// A page of the conversations that `query` wants, newest first, and where the next one begins.
    pub async fn inbox(&self, workspace: WorkspaceId, query: &InboxQuery) -> Result<InboxPage> {
        let chatbots = self.inbox_chatbots(workspace, query.chatbot).await?;
        let batch = if query.looks_inside() { BATCH.max(query.limit) } else { query.limit };
        let (rows, cursor) = (Vec::new(), query.cursor);
        let mut page = Filling { query, rows, cursor, read: 0, read_bytes: 0 };
        let mut looked_at = 0;
        loop {
            let (found, more) = self.behind(&chatbots, query.status, page.cursor, batch).await?;
            looked_at += found.len();
            // Behind the last row there may be nothing: then the next page is empty.
            if self.look_at(&mut page, found).await? {
                return Ok(InboxPage { rows: page.rows, cursor: page.cursor });
            }
            page.cursor = more;
            if more.is_none() || looked_at >= MAX_LOOKED_AT {
                return Ok(InboxPage { rows: page.rows, cursor: more });
            }
        }
    }

    /// Takes what `page` wants of `found`; whether the page ends with that.
    async fn look_at(&self, page: &mut Filling<'_>, found: Vec<Conversation>) -> Result<bool> {
        let mut rest = found.into_iter().peekable();
        while rest.peek().is_some() {
            let (mut group, mut unread) = (Vec::with_capacity(GROUP), Vec::new());
            let mut is_spent = false;
            while group.len() < GROUP
                && let Some(next) = rest.peek()
            {
                if page.needs_messages(next) {
                    if !page.may_read(next) {
                        is_spent = true;
                        break;
                    }
                    unread.push(next.id);
                }
                group.extend(rest.next());
            }
            self.take_group(page, group, &unread).await?;
            if page.is_full() || is_spent {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn take_group(
        &self,
        page: &mut Filling<'_>,
        group: Vec<Conversation>,
        unread: &[ConversationId],
    ) -> Result<()> {
        let said = self.store.transcripts_of(unread).await?;
        let mut said = unread.iter().zip(said).peekable();
        for conversation in group {
            if page.is_full() {
                break;
            }
            let own = said.next_if(|(id, _)| **id == conversation.id).map(|(_, said)| said);
            page.take(conversation, own);
        }
        Ok(())
    }

    /// The chatbot that is named, or all.
    async fn inbox_chatbots(
        &self,
        workspace: WorkspaceId,
        named: Option<ChatbotId>,
    ) -> Result<Vec<ChatbotId>> {
        if let Some(id) = named {
            return Ok(vec![self.chatbot(workspace, id).await?.id]);
        }
        let all = self.chatbots(workspace).await?;
        if all.len() > MAX_CHATBOTS {
            let message =
                format!("is needed: this workspace has more than {MAX_CHATBOTS} chatbots");
            return Err(Error::field("chatbot", message));
        }
        Ok(all.into_iter().map(|chatbot| chatbot.id).collect())
    }

    /// Conversations of all `chatbots` behind `cursor`, newest first, about `limit` of them; and how
    /// far that looked, if there may be more.
    async fn behind(
        &self,
        chatbots: &[ChatbotId],
        status: Option<ConversationStatus>,
        cursor: Option<InboxCursor>,
        limit: u32,
    ) -> Result<(Vec<Conversation>, Option<InboxCursor>)> {
        let reads = chatbots
            .iter()
            .map(|chatbot| self.store.conversations_behind(*chatbot, status, cursor, limit));
        let pages = try_join_all(reads).await?;
        // What lies behind the end of a page that isn't its chatbot's last comes later.
        let horizon = pages.iter().filter_map(|(_, last)| *last).max();
        let mut found: Vec<Conversation> = pages.into_iter().flat_map(|(page, _)| page).collect();
        found.sort_by_key(|conversation| std::cmp::Reverse(conversation.id));
        if let Some(horizon) = horizon {
            found.retain(|conversation| conversation.id >= horizon);
        }
        Ok((found, horizon.map(InboxCursor)))
    }
}
