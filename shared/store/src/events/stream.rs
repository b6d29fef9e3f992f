//! Reading the table's stream: from the images of an item to what changed, in the domain's terms.
//! The one place where a stored change is understood.

use std::collections::HashMap;

use domain::{
    AgentExecution, AgentLoop, AgentLoopId, AutoDisabled, Channel, ChannelEntry, ChannelStatus,
    Chatbot, ChatbotCopy, CodeRequest, Conversation, CrawlId, Delivery, DirectMessage, EntryState,
    Error, ExecutionStatus, Invitation, Lead, Result, Source, SourceId, Turn, Webhook,
    source::{Page, PageState},
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    access::codes::CodeRequestItem,
    access::members::InvitationItem,
    agent_loops::executions::ExecutionItem,
    agent_loops::loops::AgentLoopItem,
    channels::entries::EntryItem,
    channels::items::ChannelItem,
    chat::leads::LeadItem,
    chatbots::items::ChatbotItem,
    conversations::direct::DirectMessageItem,
    conversations::items::{ConversationItem, TurnItem},
    keys::{ItemKind, Key},
    knowledge::copies::ChatbotCopyItem,
    knowledge::pages::PageItem,
    knowledge::sources::SourceItem,
    webhooks::deliveries::DeliveryItem,
    webhooks::subscriptions::WebhookItem,
};

/// The images of one stream record.
#[derive(Debug, Clone, Default)]
pub struct StreamImage {
    /// The item before, unless it is new.
    pub old: Option<serde_dynamo::Item>,
    /// The item after, unless it is gone.
    pub new: Option<serde_dynamo::Item>,
}

/// A change that has subscribers.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A member requested a code to be sent to their address.
    CodeRequested(CodeRequest),
    /// An address was invited to a workspace, or invited again.
    MemberInvited(Invitation),
    /// A conversation began.
    ConversationStarted(Conversation),
    /// A conversation changed; `ended_at` if it has just been closed for being idle.
    ConversationChanged {
        /// As it was.
        old: Conversation,
        /// As it is.
        new: Conversation,
        /// When it was closed for being idle, if that is what changed.
        ended_at: Option<domain::Timestamp>,
        /// When a handoff was requested, if that is what changed.
        handoff_at: Option<domain::Timestamp>,
        /// The dialect in which one was, the last time.
        handoff_dialect: Option<domain::Dialect>,
    },
    /// A conversation was deleted.
    ConversationRemoved(Conversation),
    /// A turn was added.
    TurnAdded(Turn),
    /// An answer was rated, or rated otherwise.
    TurnRated {
        /// As it is.
        turn: Turn,
        /// The rating.
        rating: i8,
        /// When it was given.
        at: domain::Timestamp,
        /// As it was.
        old: Turn,
    },
    /// A turn was cleared away with its conversation.
    TurnRemoved(Turn),
    /// A member or a visitor wrote outside of a turn.
    DirectMessageAdded(DirectMessage),
    /// A visitor left contact details.
    LeadCaptured(Lead),
    /// A lead was deleted.
    LeadRemoved(Lead),
    /// A lead was deleted, since its time was over.
    LeadExpired(Lead),
    /// A page waits to be crawled.
    PageQueued(Page),
    /// A copy of a chatbot is to be filled.
    ChatbotCopyRequested(ChatbotCopy),
    /// A source was added that is to be filled from another one.
    SourceCopied(Source),
    /// A source changed, and one of its crawls is of no use any more.
    SourceChanged {
        /// As it was.
        old: Source,
        /// As it is.
        new: Source,
    },
    /// A source was deleted.
    SourceRemoved(Source),
    /// A chatbot was deleted.
    ChatbotRemoved(Chatbot),
    /// A channel's peer wrote, or is to be written to.
    EntryAdded(ChannelEntry),
    /// A channel was lost or switched off.
    ChannelDisconnected(Channel),
    /// A channel was deleted; its platform is to be told.
    ChannelBuried(Channel),
    /// A channel is gone for good.
    ChannelRemoved(Channel),
    /// A webhook was deleted.
    WebhookRemoved(Webhook),
    /// The platform disabled a webhook.
    WebhookAutoDisabled(Webhook, AutoDisabled),
    /// A settled delivery was made pending again.
    DeliveryReplayed(Delivery),
    /// An execution of an agent loop waits for a worker.
    ExecutionQueued(AgentExecution),
    /// An execution has ended.
    ExecutionEnded(AgentExecution),
    /// An execution was deleted, or expired.
    ExecutionRemoved(AgentExecution),
    /// An agent loop was deleted.
    AgentLoopRemoved(AgentLoopId),
}

#[derive(Deserialize)]
struct KeyItem {
    pk: String,
    sk: String,
}

fn read<T: DeserializeOwned>(item: serde_dynamo::Item) -> Result<T> {
    serde_dynamo::from_item(item).map_err(Error::internal)
}

impl StreamImage {
    /// What changed, or `None` if no subscriber acts on it.
    pub fn change(self) -> Result<Option<Change>> {
        let Self { old, new } = self;
        let Some(image) = new.as_ref().or(old.as_ref()) else {
            return Err(Error::internal("a stream record without images"));
        };
        let KeyItem { pk, sk } = read(image.clone())?;
        let key = Key { pk, sk };
        Ok(match (key.kind(), old, new) {
            (ItemKind::CodeRequest, _, Some(new)) => {
                Some(Change::CodeRequested(read::<CodeRequestItem>(new)?.request))
            }
            (ItemKind::Invitation, _, Some(new)) => {
                Some(Change::MemberInvited(read::<InvitationItem>(new)?.into()))
            }
            (ItemKind::Conversation, None, Some(new)) => {
                Some(Change::ConversationStarted(read::<ConversationItem>(new)?.into()))
            }
            (ItemKind::Conversation, Some(old), Some(new)) => {
                let (old, new): (ConversationItem, ConversationItem) = (read(old)?, read(new)?);
                let ended_at = new.ended_at.filter(|_| old.ended_at.is_none());
                let handoff_dialect = new.handoff_dialect;
                let (old, new) = (Conversation::from(old), Conversation::from(new));
                let handoff_at = new.handoff_at.filter(|at| old.handoff_at != Some(*at));
                Some(Change::ConversationChanged {
                    old,
                    new,
                    ended_at,
                    handoff_at,
                    handoff_dialect,
                })
            }
            (ItemKind::Conversation, Some(old), None) => {
                Some(Change::ConversationRemoved(read::<ConversationItem>(old)?.into()))
            }
            (ItemKind::Turn, None, Some(new)) => {
                Some(Change::TurnAdded(read::<TurnItem>(new)?.into()))
            }
            (ItemKind::Turn, Some(old), Some(new)) => {
                let (old, turn) = (read::<TurnItem>(old)?.into(), read::<TurnItem>(new)?.into());
                rated(old, turn)
            }
            (ItemKind::Turn, Some(old), None) => {
                Some(Change::TurnRemoved(read::<TurnItem>(old)?.into()))
            }
            (ItemKind::DirectMessage, None, Some(new)) => {
                Some(Change::DirectMessageAdded(read::<DirectMessageItem>(new)?.into()))
            }
            (ItemKind::Lead, None, Some(new)) => {
                Some(Change::LeadCaptured(read::<LeadItem>(new)?.try_into()?))
            }
            (ItemKind::Lead, Some(old), None) => {
                let old: LeadItem = read(old)?;
                Some(match old.expired {
                    true => Change::LeadExpired(old.try_into()?),
                    false => Change::LeadRemoved(old.try_into()?),
                })
            }
            (ItemKind::Page, None, Some(new)) => {
                let page = Page::from(read::<PageItem>(new)?);
                (page.state == PageState::Queued).then_some(Change::PageQueued(page))
            }
            (ItemKind::ChatbotCopy, None, Some(new)) => {
                Some(Change::ChatbotCopyRequested(read::<ChatbotCopyItem>(new)?.into()))
            }
            (ItemKind::Source, None, Some(new)) => {
                let source = Source::from(read::<SourceItem>(new)?);
                source.copying_from().is_some().then_some(Change::SourceCopied(source))
            }
            (ItemKind::Source, Some(old), Some(new)) => {
                let (old, new) = (read::<SourceItem>(old)?.into(), read::<SourceItem>(new)?.into());
                // Each page of a crawl counts in its source.
                Some(Change::SourceChanged { old, new })
                    .filter(|change| !change.superseded_crawls().is_empty())
            }
            (ItemKind::Source, Some(old), None) => {
                Some(Change::SourceRemoved(read::<SourceItem>(old)?.into()))
            }
            (ItemKind::Chatbot, Some(old), None) => {
                Some(Change::ChatbotRemoved(read::<ChatbotItem>(old)?.try_into()?))
            }
            (ItemKind::PeerEntry, None, Some(new)) => {
                let entry = read::<EntryItem>(new)?.at(key.sk);
                (entry.state == EntryState::Pending).then_some(Change::EntryAdded(entry))
            }
            (ItemKind::Channel, Some(old), Some(new)) => channel_changed(read(old)?, read(new)?),
            (ItemKind::Channel, Some(old), None) => {
                Some(Change::ChannelRemoved(read::<ChannelItem>(old)?.into()))
            }
            (ItemKind::Webhook, Some(old), None) => {
                Some(Change::WebhookRemoved(read::<WebhookItem>(old)?.into()))
            }
            (ItemKind::Webhook, Some(old), Some(new)) => {
                let (old, new) =
                    (read::<WebhookItem>(old)?.into(), read::<WebhookItem>(new)?.into());
                auto_disabled(&old, new)
            }
            (ItemKind::Delivery, Some(old), Some(new)) => replayed(old, new)?,
            (ItemKind::Execution, old, new) => execution(old, new)?,
            (ItemKind::AgentLoop, Some(old), None) => {
                let agent_loop = AgentLoop::from(read::<AgentLoopItem>(old)?);
                Some(Change::AgentLoopRemoved(agent_loop.id))
            }
            _ => None,
        })
    }
}

fn channel_changed(old: ChannelItem, new: ChannelItem) -> Option<Change> {
    let is_buried = new.deleted_at.is_some() && old.deleted_at.is_none();
    let (old, new) = (Channel::from(old), Channel::from(new));
    if is_buried {
        return Some(Change::ChannelBuried(new));
    }
    let is_lost = new.status == ChannelStatus::Disconnected
        && old.status != ChannelStatus::Disconnected
        && new.disconnected_at.is_some();
    is_lost.then_some(Change::ChannelDisconnected(new))
}

fn auto_disabled(old: &Webhook, new: Webhook) -> Option<Change> {
    let why = new.auto_disabled.filter(|why| old.auto_disabled != Some(*why))?;
    Some(Change::WebhookAutoDisabled(new, why))
}

fn execution(
    old: Option<serde_dynamo::Item>,
    new: Option<serde_dynamo::Item>,
) -> Result<Option<Change>> {
    let read = |item: serde_dynamo::Item| read::<ExecutionItem>(item).map(AgentExecution::from);
    let (old, new) = (old.map(read).transpose()?, new.map(read).transpose()?);
    let waits = |execution: &AgentExecution| execution.status == ExecutionStatus::Pending;
    Ok(match (old, new) {
        (None, Some(new)) if waits(&new) => Some(Change::ExecutionQueued(new)),
        (Some(old), Some(new)) if !old.status.is_final() && new.status.is_final() => {
            Some(Change::ExecutionEnded(new))
        }
        (Some(old), None) => Some(Change::ExecutionRemoved(old)),
        _ => None,
    })
}

/// Most changes of a delivery are attempts, so no more of it is read than says so.
fn replayed(old: serde_dynamo::Item, new: serde_dynamo::Item) -> Result<Option<Change>> {
    const REPLAYED_AT: &str = "replayed_at";
    if new.get(REPLAYED_AT) == old.get(REPLAYED_AT) {
        return Ok(None);
    }
    Ok(Some(Change::DeliveryReplayed(read::<DeliveryItem>(new)?.try_into()?)))
}

fn rated(old: Turn, turn: Turn) -> Option<Change> {
    let (rating, at) = (turn.rating?, turn.rated_at?);
    let before = (old.rating, old.rated_at);
    (before != (Some(rating), Some(at))).then_some(Change::TurnRated { turn, rating, at, old })
}

impl Change {
    /// The crawls whose pages and passages no source refers to after this change.
    pub fn superseded_crawls(&self) -> Vec<(SourceId, CrawlId)> {
        let mut spent: HashMap<CrawlId, SourceId> = HashMap::new();
        match self {
            Self::SourceChanged { old, new } => {
                let before = [Some(old.job), old.live_crawl];
                let after = [Some(new.job), new.live_crawl];
                for job in before.into_iter().flatten().filter(|job| !after.contains(&Some(*job))) {
                    spent.insert(job, old.id);
                }
            }
            Self::SourceRemoved(source) => {
                for job in [Some(source.job), source.live_crawl].into_iter().flatten() {
                    spent.insert(job, source.id);
                }
            }
            _ => {}
        }
        spent.into_iter().map(|(job, source)| (source, job)).collect()
    }
}
