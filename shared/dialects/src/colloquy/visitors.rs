//! What a chatbot has of one visitor.

use domain::{Conversation, Lead, TranscriptEntry, TranscriptMessage};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    colloquy::inbox::{ConversationRowOut, MessageOut},
    schema,
};

/// `GET /api/v1/visitors/{visitorId}/export`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = colloquy::VisitorExportOut)]
pub struct VisitorExportOut {
    visitor_id: String,
    /// Oldest first.
    leads: Vec<ExportedLeadOut>,
    /// Oldest first.
    conversations: Vec<ExportedConversationOut>,
    /// Leads to the next part, which may be empty and have a next one; null behind the last one.
    #[schema(required = true)]
    cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = colloquy::ExportedLeadOut)]
struct ExportedLeadOut {
    #[schema(schema_with = schema::id)]
    id: String,
    #[schema(schema_with = schema::id_or_null, required = true)]
    conversation_id: Option<String>,
    #[schema(required = true)]
    name: Option<String>,
    #[schema(required = true)]
    email: Option<String>,
    #[schema(required = true)]
    phone: Option<String>,
    /// The other fields of the form.
    #[schema(value_type = Object)]
    fields: Map<String, Value>,
    #[schema(schema_with = schema::time)]
    created_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = colloquy::ExportedConversationOut)]
struct ExportedConversationOut {
    conversation: ConversationRowOut,
    /// What ties several conversations of one visit together, where the client named that.
    #[schema(required = true)]
    session_id: Option<String>,
    /// What the platform of a channel said of the visitor.
    #[schema(required = true)]
    platform_user: Option<PlatformUserOut>,
    /// Oldest first.
    messages: Vec<MessageOut>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = colloquy::PlatformUserOut)]
struct PlatformUserOut {
    #[schema(schema_with = schema::id)]
    channel_id: String,
    chat_id: String,
    #[schema(required = true)]
    name: Option<String>,
    #[schema(required = true)]
    username: Option<String>,
}

impl VisitorExportOut {
    /// A part of what there is of `visitor`, and what leads to the next one.
    pub fn new(
        visitor: String,
        leads: Vec<Lead>,
        conversations: Vec<(Conversation, Vec<TranscriptEntry>)>,
        cursor: Option<String>,
    ) -> Self {
        let conversations = conversations.into_iter().map(Into::into).collect();
        let leads = leads.into_iter().map(Into::into).collect();
        Self { visitor_id: visitor, leads, conversations, cursor }
    }
}

impl From<Lead> for ExportedLeadOut {
    fn from(from: Lead) -> Self {
        let Lead {
            id,
            chatbot_id: _,
            workspace_id: _,
            conversation_id,
            visitor_id: _,
            name,
            email,
            phone,
            fields,
            created_at,
        } = from;
        Self {
            id: id.to_string(),
            conversation_id: conversation_id.map(|id| id.to_string()),
            name,
            email,
            phone,
            fields,
            created_at: created_at.to_string(),
        }
    }
}

impl From<(Conversation, Vec<TranscriptEntry>)> for ExportedConversationOut {
    fn from((mut conversation, said): (Conversation, Vec<TranscriptEntry>)) -> Self {
        let origin = conversation.origin.clone();
        let platform_user = origin.map(|origin| PlatformUserOut {
            channel_id: origin.channel_id.to_string(),
            chat_id: origin.chat_id,
            name: origin.user_name,
            username: origin.username,
        });
        Self {
            session_id: conversation.session_id.take(),
            platform_user,
            messages: TranscriptMessage::of(said).into_iter().map(Into::into).collect(),
            conversation: conversation.into(),
        }
    }
}
