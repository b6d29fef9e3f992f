//! Leads as a client of BotPlot sends and reads them.

use domain::{Lead, lead::LeadForm};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `POST /api/v1/leads`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeadIn {
    /// The conversation in which it was left.
    pub conversation_id: Option<String>,
    /// The client's own id of the visitor.
    pub visitor_id: Option<String>,
    /// The visitor's name.
    pub name: Option<String>,
    /// This or `phone` has to be there.
    pub email: Option<String>,
    /// This or `email` has to be there.
    pub phone: Option<String>,
    /// Whatever else a form asked for.
    pub fields: Option<Map<String, Value>>,
}

impl From<LeadIn> for LeadForm {
    fn from(from: LeadIn) -> Self {
        let LeadIn { conversation_id, visitor_id, name, email, phone, fields } = from;
        Self { conversation_id, visitor_id, name, email, phone, fields }
    }
}

/// A lead.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeadOut {
    id: String,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
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
#[derive(Debug, Serialize)]
pub struct CapturedOut {
    /// The lead.
    pub lead: LeadOut,
}

/// `GET /api/v1/leads`
#[derive(Debug, Serialize)]
pub struct LeadsOut {
    /// Newest first.
    pub leads: Vec<LeadOut>,
    /// How many there are, whatever the page.
    pub total: u64,
}
