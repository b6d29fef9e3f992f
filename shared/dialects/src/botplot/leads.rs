//! Leads as a client of BotPlot sends and reads them.

use domain::{Lead, lead::LeadForm};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// `POST /api/v1/leads`
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::LeadIn, example = json!({
    "name": "John Doe",
    "email": "john@example.com",
    "phone": "+1234567890",
    "fields": {"company": "Example"},
}))]
pub struct LeadIn {
    /// The conversation in which it was left.
    #[schema(format = "uuid")]
    pub conversation_id: Option<String>,
    /// The client's own id of the visitor.
    #[schema(max_length = 128)]
    pub visitor_id: Option<String>,
    /// The visitor's name.
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// This or `phone` has to be there.
    #[schema(format = "email", max_length = 254)]
    pub email: Option<String>,
    /// This or `email` has to be there.
    #[schema(max_length = 50, pattern = r"^\s*$|[0-9]")]
    pub phone: Option<String>,
    /// The other fields of the form: up to 50 entries, 8192 bytes as JSON, 16 levels.
    #[schema(value_type = Option<Object>)]
    pub fields: Option<Map<String, Value>>,
}

impl From<LeadIn> for LeadForm {
    fn from(from: LeadIn) -> Self {
        let LeadIn { conversation_id, visitor_id, name, email, phone, fields } = from;
        Self { conversation_id, visitor_id, name, email, phone, fields }
    }
}

/// A lead.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::LeadOut, example = json!({
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "name": "John Doe",
    "email": "john@example.com",
    "phone": "+1234567890",
    "createdAt": "2026-02-15T10:30:00.000Z",
}))]
pub struct LeadOut {
    #[schema(format = "uuid")]
    id: String,
    #[schema(required = true)]
    name: Option<String>,
    #[schema(required = true)]
    email: Option<String>,
    #[schema(required = true)]
    phone: Option<String>,
    #[schema(format = "date-time")]
    created_at: String,
}

impl From<Lead> for LeadOut {
    fn from(from: Lead) -> Self {
        let Lead {
            id,
            chatbot_id: _,
            workspace_id: _,
            conversation_id: _,
            visitor_id: _,
            name,
            email,
            phone,
            fields: _,
            created_at,
        } = from;
        Self { id: id.to_string(), name, email, phone, created_at: created_at.to_string() }
    }
}

/// A lead was stored.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::CapturedOut)]
pub struct CapturedOut {
    /// The lead.
    pub lead: LeadOut,
}

/// `GET /api/v1/leads`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::LeadsOut)]
pub struct LeadsOut {
    /// Newest first.
    pub leads: Vec<LeadOut>,
    /// How many there are, whatever the page.
    pub total: u64,
}
