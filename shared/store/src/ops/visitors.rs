//! A pass over a chatbot's rows for what belongs to one visitor, page by page.
//!
//! No index leads from a visitor to what is theirs. An index would cost a write unit with every conversation,
//! whether or not anyone ever wants its visitor's; a pass costs read units of the chatbot's leads and
//! conversations when one is, and finds what was stored at any time. Sixty passes over a hundred thousand
//! conversations cost what their index would have.

use std::collections::{HashMap, HashSet};

use domain::{
    ChannelId, ChatbotId, Conversation, ConversationId, Lead, LeadId, PeerKey, Result,
    VisitorErasureId, VisitorPlace,
};
use serde::Deserialize;

use crate::{
    chat::leads::LeadItem,
    conversations::items::ConversationItem,
    keys,
    table::client::{Range, Store},
};

/// Rows looked at in one go. They have about half a megabyte.
const LOOKED_AT: u32 = 500;

/// What of one page of rows belongs to a visitor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VisitorPage {
    /// What they left to be reached by.
    pub leads: Vec<Lead>,
    /// Conversations that they had, oldest first.
    pub conversations: Vec<Conversation>,
    /// Peers of channels that they are.
    pub peers: Vec<(ChannelId, PeerKey)>,
    /// Where the next page begins; none behind the last one.
    pub next: Option<VisitorPlace>,
}

/// A peer as the index lists it.
#[derive(Deserialize)]
struct ListedPeer {
    list_sk: PeerKey,
}

/// Rows of a chatbot below `prefix`, behind `after`.
fn behind(chatbot: ChatbotId, prefix: &str, after: Option<String>) -> Range<'static> {
    // The key right behind it: nothing in an id sorts before an exclamation mark.
    let first = after.map_or_else(|| prefix.to_owned(), |id| format!("{prefix}{id}!"));
    Range {
        index: None,
        partition: keys::chatbot_partition(chatbot),
        sort: Some(("sk BETWEEN :a AND :b", vec![(":a", first), (":b", format!("{prefix}~"))])),
        backwards: false,
        limit: Some(LOOKED_AT),
        consistent: true,
    }
}

fn is_full(rows: usize) -> bool {
    rows >= usize::try_from(LOOKED_AT).unwrap_or(usize::MAX)
}

impl Store {
    /// What belongs to `visitor` among the rows of `chatbot` that a page at `place` has.
    pub async fn visitor_page(
        &self,
        chatbot: ChatbotId,
        visitor: VisitorErasureId,
        place: &VisitorPlace,
    ) -> Result<VisitorPage> {
        match place {
            VisitorPlace::Leads(after) => self.visitor_leads(chatbot, visitor, *after).await,
            VisitorPlace::Conversations(after) => {
                self.visitor_conversations(chatbot, visitor, *after).await
            }
            VisitorPlace::Peers(channel, after) => {
                self.visitor_peers(chatbot, visitor, *channel, after.as_ref()).await
            }
        }
    }

    async fn visitor_leads(
        &self,
        chatbot: ChatbotId,
        visitor: VisitorErasureId,
        after: Option<LeadId>,
    ) -> Result<VisitorPage> {
        let range = behind(chatbot, keys::LEAD, after.map(|id| id.to_string()));
        let items: Vec<LeadItem> = self.query(range).await?;
        let mut leads = items.into_iter().map(Lead::try_from).collect::<Result<Vec<_>>>()?;
        let next = match leads.last().filter(|_| is_full(leads.len())) {
            Some(last) => VisitorPlace::Leads(Some(last.id)),
            None => VisitorPlace::Conversations(None),
        };
        // One that names no visitor is that of its conversation's.
        let named: HashSet<ConversationId> = leads
            .iter()
            .filter(|lead| lead.visitor_id.is_none())
            .filter_map(|lead| lead.conversation_id)
            .collect();
        let named: Vec<ConversationId> = named.into_iter().collect();
        let theirs: HashMap<ConversationId, bool> = self
            .conversations_named(chatbot, &named)
            .await?
            .into_iter()
            .map(|conversation| (conversation.id, visitor.covers(&conversation)))
            .collect();
        let in_theirs = |lead: &Lead| lead.conversation_id.and_then(|id| theirs.get(&id).copied());
        leads.retain(|lead| match lead.visitor_id {
            Some(_) => visitor.covers_lead(lead),
            None => in_theirs(lead).unwrap_or(false),
        });
        Ok(VisitorPage { leads, next: Some(next), ..VisitorPage::default() })
    }

    async fn visitor_conversations(
        &self,
        chatbot: ChatbotId,
        visitor: VisitorErasureId,
        after: Option<ConversationId>,
    ) -> Result<VisitorPage> {
        let range = behind(chatbot, keys::CONVERSATION, after.map(|id| id.to_string()));
        let items: Vec<ConversationItem> = self.query(range).await?;
        let mut conversations: Vec<Conversation> = items.into_iter().map(Into::into).collect();
        let next = match conversations.last().filter(|_| is_full(conversations.len())) {
            Some(last) => VisitorPlace::Conversations(Some(last.id)),
            None => VisitorPlace::Peers(None, None),
        };
        conversations.retain(|conversation| visitor.covers(conversation));
        let of_channel = |conversation: &Conversation| {
            conversation.origin.as_ref().map(|origin| (origin.channel_id, origin.peer.clone()))
        };
        let mut peers: Vec<_> = conversations.iter().filter_map(of_channel).collect();
        peers.sort_unstable();
        peers.dedup();
        Ok(VisitorPage { conversations, peers, next: Some(next), ..VisitorPage::default() })
    }

    /// Peers whom their platform calls by the visitor's id. They may have no conversation any more.
    async fn visitor_peers(
        &self,
        chatbot: ChatbotId,
        visitor: VisitorErasureId,
        channel: Option<ChannelId>,
        after: Option<&PeerKey>,
    ) -> Result<VisitorPage> {
        let channels = self.channel_ids(chatbot).await?;
        let mut left = channels.into_iter().filter(|id| channel.is_none_or(|first| *id >= first));
        let Some(current) = left.next() else { return Ok(VisitorPage::default()) };
        let after = after.filter(|_| channel == Some(current));
        let range = Range {
            index: Some(keys::LIST_INDEX),
            partition: keys::peers_of(current),
            sort: after.map(|peer| ("list_sk > :a", vec![(":a", peer.to_string())])),
            backwards: false,
            limit: Some(LOOKED_AT),
            consistent: false,
        };
        let listed: Vec<ListedPeer> = self.query(range).await?;
        let next = match listed.last().filter(|_| is_full(listed.len())) {
            Some(last) => Some(VisitorPlace::Peers(Some(current), Some(last.list_sk.clone()))),
            None => left.next().map(|channel| VisitorPlace::Peers(Some(channel), None)),
        };
        let theirs = |peer: &PeerKey| VisitorErasureId::of_peer(chatbot, peer) == visitor;
        let peers = listed.into_iter().map(|listed| listed.list_sk).filter(theirs);
        let peers = peers.map(|peer| (current, peer)).collect();
        Ok(VisitorPage { peers, next, ..VisitorPage::default() })
    }
}
