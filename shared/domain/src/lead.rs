//! Leads: how a visitor who left contact details can be reached.

use serde_json::{Map, Value};

use crate::{
    ChatbotId, ConversationId, Error, LeadId, Result, Timestamp, WorkspaceId, bounds, wire,
};

/// How many free fields a lead may have.
pub const MAX_FIELDS: usize = 50;
/// The free fields of a lead, as JSON text.
pub const FIELDS_BYTES: usize = 8 * 1024;
/// How many of the newest leads a search looks at.
pub const SEARCHED: u32 = 1_000;
/// How many of the newest leads of a conversation are known to it.
pub const MAX_OF_CONVERSATION: usize = 5;
/// Bytes that a lead takes in an answer at most, by [`wire::wrapped`].
pub const MAX_ANSWERED: usize = 20_000;

/// What a visitor left.
#[derive(Debug, Clone, PartialEq)]
pub struct Lead {
    /// Its id.
    pub id: LeadId,
    /// The chatbot it was left with.
    pub chatbot_id: ChatbotId,
    /// Whose chatbot that is.
    pub workspace_id: WorkspaceId,
    /// The conversation it was left in, if any.
    pub conversation_id: Option<ConversationId>,
    /// The client's id of the visitor, if it gave one.
    pub visitor_id: Option<String>,
    /// The visitor's name.
    pub name: Option<String>,
    /// An e-mail address in lower case.
    pub email: Option<String>,
    /// A phone number as it was typed.
    pub phone: Option<String>,
    /// The other fields of the form.
    pub fields: Map<String, Value>,
    /// When it was left.
    pub created_at: Timestamp,
}

impl Lead {
    /// Whether name or e-mail address contain `text`, which is in lower case already.
    pub fn matches(&self, text: &str) -> bool {
        let contains = |value: &Option<String>| {
            value.as_ref().is_some_and(|value| value.to_lowercase().contains(text))
        };
        contains(&self.name) || contains(&self.email)
    }
}

/// What a visitor gave in `leads`, oldest first, by the name of each field. What was given again counts as
/// it was given last; name, address and number stand before free fields of the same name. The newest leads
/// that take `most` bytes in an answer, by [`wire::wrapped`]; the others are left out.
pub fn answers<'l>(
    leads: impl IntoIterator<Item = &'l Lead, IntoIter: DoubleEndedIterator>,
    most: usize,
) -> Map<String, Value> {
    let mut given = Map::new();
    let mut left = most;
    for lead in leads.into_iter().rev() {
        let Lead { name, email, phone, fields, .. } = lead;
        let known = [("name", name), ("email", email), ("phone", phone)];
        let known = known.into_iter().filter_map(|(key, value)| {
            value.as_ref().map(|value| (key.to_owned(), Value::from(value.as_str())))
        });
        let mut of_lead: Map<String, Value> = known.collect();
        for (key, value) in fields {
            of_lead.entry(key).or_insert_with(|| value.clone());
        }
        let size = wire::wrapped(Value::from(of_lead.clone()).to_string().as_bytes());
        if size > left {
            break;
        }
        left -= size;
        for (key, value) in of_lead {
            given.entry(key).or_insert(value);
        }
    }
    given
}

/// What a client sends to leave a lead, not checked yet.
#[derive(Debug, Clone, Default)]
pub struct LeadForm {
    /// See [`Lead::conversation_id`].
    pub conversation_id: Option<String>,
    /// See [`Lead::visitor_id`].
    pub visitor_id: Option<String>,
    /// See [`Lead::name`].
    pub name: Option<String>,
    /// See [`Lead::email`].
    pub email: Option<String>,
    /// See [`Lead::phone`].
    pub phone: Option<String>,
    /// See [`Lead::fields`].
    pub fields: Option<Map<String, Value>>,
}

/// A lead to be stored, its bounds checked.
#[derive(Debug, Clone, PartialEq)]
pub struct NewLead {
    /// See [`Lead::conversation_id`].
    pub conversation_id: Option<ConversationId>,
    /// See [`Lead::visitor_id`].
    pub visitor_id: Option<String>,
    /// See [`Lead::name`].
    pub name: Option<String>,
    /// See [`Lead::email`].
    pub email: Option<String>,
    /// See [`Lead::phone`].
    pub phone: Option<String>,
    /// See [`Lead::fields`].
    pub fields: Map<String, Value>,
}

impl TryFrom<LeadForm> for NewLead {
    type Error = Error;

    /// Checks the bounds; one of e-mail address and phone number has to be there, or no one could
    /// be reached. A blank field is none; an id that can't be one names no conversation.
    fn try_from(from: LeadForm) -> Result<Self> {
        let LeadForm { conversation_id, visitor_id, name, email, phone, fields } = from;
        let text = |field: &str, value: Option<String>, bound| {
            let given = bounds::given(value.as_deref());
            given.map(|value| bounds::text(field, value, bound)).transpose()
        };
        let name = text("name", name, bounds::PERSON)?;
        let email = bounds::given(email.as_deref());
        let email = email.map(|value| bounds::email("email", value)).transpose()?;
        let phone = text("phone", phone, bounds::PHONE)?;
        if phone.as_ref().is_some_and(|phone| !phone.chars().any(|c| c.is_ascii_digit())) {
            return Err(Error::field("phone", "must contain a digit"));
        }
        if email.is_none() && phone.is_none() {
            return Err(Error::field("email", "or phone is required"));
        }
        let fields = fields.unwrap_or_default();
        check_fields(&fields)?;
        let visitor_id = text("visitorId", visitor_id, bounds::CLIENT_ID)?;
        let conversation_id = bounds::given(conversation_id.as_deref());
        let conversation_id = conversation_id.map(str::parse).transpose()?;
        Ok(Self { conversation_id, visitor_id, name, email, phone, fields })
    }
}

impl NewLead {
    /// The lead that it becomes.
    pub fn into_lead(self, chatbot: ChatbotId, workspace: WorkspaceId, at: Timestamp) -> Lead {
        let Self { conversation_id, visitor_id, name, email, phone, fields } = self;
        Lead {
            id: LeadId::new(),
            chatbot_id: chatbot,
            workspace_id: workspace,
            conversation_id,
            visitor_id,
            name,
            email,
            phone,
            fields,
            created_at: at,
        }
    }
}

fn check_fields(fields: &Map<String, Value>) -> Result<()> {
    if fields.len() > MAX_FIELDS {
        return Err(Error::field("fields", format!("must have at most {MAX_FIELDS} entries")));
    }
    // The text is made only to be measured; it is bounded by the body.
    let bytes = serde_json::to_string(fields).map_err(Error::internal)?.len();
    if bytes > FIELDS_BYTES {
        return Err(Error::field(
            "fields",
            format!("must have at most {FIELDS_BYTES} bytes as JSON"),
        ));
    }
    let deepest = fields.values().map(bounds::depth).max().unwrap_or(0) + 1;
    if deepest > bounds::SETTINGS_DEPTH {
        let max = bounds::SETTINGS_DEPTH;
        return Err(Error::field("fields", format!("must nest at most {max} levels deep")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lead(form: LeadForm) -> Result<NewLead> {
        form.try_into()
    }

    fn text(value: &str) -> Option<String> {
        Some(value.to_owned())
    }

    #[test]
    fn somebody_has_to_be_reachable() {
        let error = lead(LeadForm { name: text("Ada"), ..LeadForm::default() }).unwrap_err();
        assert_eq!(error.message, "email or phone is required");
        let by_phone = LeadForm { phone: text(" +43 1 234 "), ..LeadForm::default() };
        assert_eq!(lead(by_phone).unwrap().phone.unwrap(), "+43 1 234");
        let by_mail = LeadForm { email: text("Ada@Example.com"), ..LeadForm::default() };
        assert_eq!(lead(by_mail).unwrap().email.unwrap(), "ada@example.com");
        let words = LeadForm { phone: text("call me"), ..LeadForm::default() };
        assert_eq!(lead(words).unwrap_err().message, "phone must contain a digit");
    }

    #[test]
    fn fields_have_a_number_a_size_and_a_depth() {
        let with = |fields: Value| {
            let fields = fields.as_object().cloned();
            lead(LeadForm { phone: text("1"), fields, ..LeadForm::default() })
        };
        let many = |n: usize| (0..n).map(|n| (n.to_string(), json!(n))).collect::<Value>();
        assert!(with(many(MAX_FIELDS)).is_ok());
        let error = with(many(MAX_FIELDS + 1)).unwrap_err();
        assert_eq!(error.message, "fields must have at most 50 entries");
        // {"a":"…"} has eight bytes beside the text.
        assert!(with(json!({"a": "x".repeat(FIELDS_BYTES - 8)})).is_ok());
        let error = with(json!({"a": "x".repeat(FIELDS_BYTES - 7)})).unwrap_err();
        assert_eq!(error.message, "fields must have at most 8192 bytes as JSON");
        let nested = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({"a": inner}));
        assert!(with(nested(bounds::SETTINGS_DEPTH)).is_ok());
        assert!(with(nested(bounds::SETTINGS_DEPTH + 1)).is_err());
    }

    #[test]
    fn what_was_given_last_counts_and_the_oldest_leads_are_left_out_first() {
        let lead = |email: &str, fields: Value| {
            let form = LeadForm {
                email: text(email),
                fields: fields.as_object().cloned(),
                ..LeadForm::default()
            };
            let new: NewLead = form.try_into().unwrap();
            new.into_lead(ChatbotId::new(), WorkspaceId::new(), Timestamp::now())
        };
        let leads = [
            lead("old@example.com", json!({"size": 2, "email": "not this"})),
            lead("new@example.com", json!({"size": 3, "name": "Ada", "consent": true})),
        ];
        let all = json!({
            "email": "new@example.com", "size": 3, "name": "Ada", "consent": true,
        });
        assert_eq!(Value::from(answers(&leads, usize::MAX)), all);
        assert_eq!(answers(&leads, 0), Map::new());
        let first = answers(&leads[..1], usize::MAX);
        assert_eq!(Value::from(first), json!({"email": "old@example.com", "size": 2}));
        // The newest one alone has room.
        let more = [lead("old@example.com", json!({"older": "x".repeat(200)})), leads[1].clone()];
        assert!(!answers(&more, 150).contains_key("older"));
        assert_eq!(answers(&more, 150).len(), 4);
    }

    #[test]
    fn the_largest_lead_has_the_bound_of_an_answer() {
        // Each quotation mark is escaped twice.
        let fields = json!({"a": "\"".repeat((FIELDS_BYTES - 8) / 2)});
        let form = LeadForm {
            name: text(&"\"".repeat(bounds::PERSON.1)),
            phone: text(&format!("1{}", "\"".repeat(40))),
            fields: fields.as_object().cloned(),
            ..LeadForm::default()
        };
        let lead: NewLead = form.try_into().unwrap();
        let lead = lead.into_lead(ChatbotId::new(), WorkspaceId::new(), Timestamp::now());
        let shown = Value::from(answers([&lead], usize::MAX)).to_string();
        assert!(shown.len() > FIELDS_BYTES && wire::wrapped(shown.as_bytes()) <= MAX_ANSWERED);
    }

    #[test]
    fn a_search_knows_no_case_and_looks_at_name_and_address() {
        let form = LeadForm {
            name: text("Zoë Ångström"),
            email: text("zoe@example.com"),
            phone: text("0800"),
            ..LeadForm::default()
        };
        let (bot, workspace) = (ChatbotId::new(), WorkspaceId::new());
        let lead = lead(form).unwrap().into_lead(bot, workspace, Timestamp::now());
        assert!(lead.matches("ångström") && lead.matches("@example"));
        assert!(!lead.matches("0800") && !lead.matches("ada"));
    }
}
