//! What a chatbot has of one visitor: exported page by page, and erased by a job whose tombstone is due
//! until nothing is left.

use std::time::Duration;

use domain::{
    ChatbotId, Conversation, Error, Lead, Result, Timestamp, TranscriptEntry, VisitorErasureId,
    VisitorPlace, WorkspaceId, lead::MAX_ANSWERED,
};
use store::{PurgeTarget, VisitorErasure, VisitorPage};

use crate::{
    App,
    ops::{
        erasures::Erasure,
        purge::{Progress, Purging},
    },
};

/// Between two pages of an erasure, so that it takes a part only of what a chatbot's partition can read.
const PAUSE: Duration = Duration::from_millis(100);
/// When an erasure is carried on that waits for the worker of a channel.
const PEER_IS_BUSY: Duration = Duration::from_secs(5);
/// Pages of rows that one answer of an export looks at.
const EXPORT_PAGES: u32 = 10;
/// Bytes of text in one answer of an export, but for a conversation that has more alone.
const EXPORT_BYTES: u32 = 3_000_000;
/// Leads in one answer of an export.
const EXPORT_LEADS: usize = 100;

/// A part of what a chatbot has of a visitor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VisitorExport {
    /// What they left to be reached by, oldest first.
    pub leads: Vec<Lead>,
    /// Conversations with all that was said in them, oldest first.
    pub conversations: Vec<(Conversation, Vec<TranscriptEntry>)>,
    /// Where the next part begins; none behind the last one.
    pub next: Option<VisitorPlace>,
}

impl App {
    /// Erases what `chatbot` has of the visitor whom its clients call `visitor`. What they say after that is
    /// a new visitor's.
    pub async fn erase_visitor(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        visitor: &str,
    ) -> Result<Erasure> {
        let (id, now) = (VisitorErasureId::of(chatbot, visitor), self.now());
        self.store.request_visitor_erasure(id, (workspace, chatbot), now).await?;
        tracing::info!(%chatbot, erasure = %id, "the erasure of a visitor's data was requested");
        Ok(Erasure { id: id.to_string(), requested_at: now, completed_at: None })
    }

    /// The part from `place` on of what `chatbot` has of the visitor whom its clients call `visitor`. It may
    /// be empty and still have a next one.
    pub async fn export_visitor(
        &self,
        chatbot: ChatbotId,
        visitor: &str,
        place: VisitorPlace,
    ) -> Result<VisitorExport> {
        let id = VisitorErasureId::of(chatbot, visitor);
        let mut export = VisitorExport { next: Some(place), ..VisitorExport::default() };
        let mut bytes = 0;
        for _ in 0..EXPORT_PAGES {
            let Some(place) = export.next.take() else { break };
            // Behind the conversations there is nothing but what leads to them from a platform.
            if matches!(place, VisitorPlace::Peers(..)) {
                break;
            }
            let VisitorPage { leads, conversations, peers: _, next } =
                self.store.visitor_page(chatbot, id, &place).await?;
            export.next = next;
            for lead in leads {
                if export.leads.len() >= EXPORT_LEADS {
                    let last = export.leads.last().map(|lead| lead.id);
                    export.next = Some(VisitorPlace::Leads(last));
                    return Ok(export);
                }
                bytes += u32::try_from(MAX_ANSWERED).unwrap_or(u32::MAX);
                export.leads.push(lead);
            }
            for conversation in conversations {
                if bytes > 0 && bytes + conversation.text_bytes > EXPORT_BYTES {
                    let last = export.conversations.last().map(|(last, _)| last.id);
                    export.next = Some(VisitorPlace::Conversations(last));
                    return Ok(export);
                }
                let said = self.store.transcript(conversation.id).await?;
                // What was stored before texts were measured says nothing of its size.
                let size: u32 = said.iter().map(|entry| entry.text_bytes()).sum();
                bytes += size.max(conversation.text_bytes).max(1);
                export.conversations.push((conversation, said));
            }
        }
        export.next = export.next.filter(|place| !matches!(place, VisitorPlace::Peers(..)));
        Ok(export)
    }
}

impl Purging {
    /// Erases what belongs to a visitor, from where the erasure has come to until `is_over`.
    pub(super) async fn erase_visitor(
        &self,
        target: &PurgeTarget,
        is_over: impl Fn() -> bool,
    ) -> Result<Progress> {
        let PurgeTarget::Visitor { id, chatbot, workspace } = *target else {
            return Err(Error::internal("only a visitor is erased page by page"));
        };
        let Some(mut erasure) = self.store.visitor_erasure(target, id).await? else {
            return Ok(Progress::Done);
        };
        loop {
            let page = self.store.visitor_page(chatbot, id, &erasure.place).await?;
            let next = page.next.clone();
            if !self.erase_page((workspace, chatbot), &erasure, page).await? {
                return Ok(Progress::Later(PEER_IS_BUSY));
            }
            let now = self.clock.now();
            let Some(next) = next else {
                self.store.end_visitor_erasure(target, &erasure, now).await?;
                return Ok(Progress::Done);
            };
            self.store.note_visitor_place(target, &erasure, &next, now).await?;
            erasure.place = next;
            if is_over() {
                return Ok(Progress::Later(Duration::ZERO));
            }
            self.clock.sleep(PAUSE).await;
        }
    }

    /// Erases what of a page belongs to the visitor; `false` if a peer is being answered, and the page is to
    /// be looked at again. A conversation's own row goes after what was said in it: a page that is cut short
    /// finds the rest by it.
    async fn erase_page(
        &self,
        of: (WorkspaceId, ChatbotId),
        erasure: &VisitorErasure,
        page: VisitorPage,
    ) -> Result<bool> {
        let VisitorPage { leads, conversations, peers, next: _ } = page;
        let began = |at: Option<Timestamp>, other: Timestamp| at.map_or(other, |at| at.min(other));
        let told = leads
            .iter()
            .map(|lead| (lead.created_at, lead.id.to_string()))
            .chain(conversations.iter().map(|one| (one.created_at, one.id.to_string())));
        let (mut since, mut ids) = (None, Vec::new());
        for (at, id) in told {
            since = Some(began(since, at));
            ids.push(id);
        }
        if let Some(since) = since {
            self.store.purge_deliveries_about(of, since, &ids).await?;
        }
        let (_, chatbot) = of;
        for lead in leads {
            self.store.delete_lead(chatbot, lead.id).await?;
        }
        // Before the conversations, which lead to them.
        for (channel, peer) in peers {
            let holder = format!("erasure-{}", erasure.id);
            if !self.store.erase_peer(channel, &peer, &holder, self.clock.now()).await? {
                return Ok(false);
            }
        }
        for conversation in conversations {
            let target = PurgeTarget::Conversation { id: conversation.id };
            while !self.store.purge_some(&target).await? {}
            let now = self.clock.now();
            self.store.delete_conversation(chatbot, conversation.id, now).await?;
            // What was said in the meantime; its own tombstone finds what is said from now on.
            while !self.store.purge_some(&target).await? {}
        }
        Ok(true)
    }
}
