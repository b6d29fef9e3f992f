//! What a dialect's rules may be; the values are in the table of [`super`].

use crate::{
    Dialect, Error, ErrorKind, Result,
    access::KeyKind,
    plan::{CallLimits, Limits},
};

/// The rules of one dialect.
#[derive(Debug)]
pub struct DialectProfile {
    /// The name in lower case, as it is stored and shown.
    pub name: &'static str,
    /// The kinds of keys it has and their forms.
    pub keys: &'static [KeyForm],
    /// The kind of a key whose request leaves the kind out; `None` where it may not.
    pub usual_key: Option<KeyKind>,
    /// When its keys are made.
    pub key_issue: KeyIssue,
    /// Where a request carries the key.
    pub key_place: KeyPlace,
    /// The dialect on whose paths its keys are taken too, with requests and responses of this one.
    pub shares_paths_of: Option<Dialect>,
    /// How its calls are counted against the plan; `None` where they are not.
    pub metering: Option<CallMetering>,
    /// The credits that its questions consume; `None` where they are free.
    pub credits: Option<CreditMetering>,
    /// Whether a handoff sends an e-mail to the owner of the workspace.
    pub mails_handoff: bool,
    /// The rules of its webhook subscriptions.
    pub webhooks: WebhookRules,
}

impl DialectProfile {
    /// The form of keys of `kind`; `None` if the dialect has none.
    pub fn key_form(&self, kind: KeyKind) -> Option<KeyForm> {
        self.keys.iter().copied().find(|form| form.kind == kind)
    }

    /// The kind of key that the field `kind` requests; it may be absent where one is usual.
    pub fn key_kind(&self, requested: Option<&str>) -> Result<KeyKind> {
        let found = match requested {
            None => self.usual_key,
            Some(name) => self.keys.iter().map(|form| form.kind).find(|kind| kind.name() == name),
        };
        let names = || self.keys.iter().map(|form| form.kind.name()).collect::<Vec<_>>();
        found.ok_or_else(|| Error::field("kind", format!("must be {}", names().join(" or "))))
    }
}

/// A kind of key and what its secrets look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyForm {
    /// What such a key opens.
    pub kind: KeyKind,
    /// The text before the random part.
    pub prefix: &'static str,
    /// How many hexadecimal digits the random part has.
    pub digits: usize,
}

/// When keys are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyIssue {
    /// When a member requests one.
    OnRequest,
    /// With each chatbot, and again when that key is rotated.
    WithChatbot,
}

/// Where a request carries its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// As `Authorization: Bearer`.
    Bearer,
    /// In the header of this name, in lower case.
    Header(&'static str),
    /// As Bearer, as the query parameter `apiKey` or as a field of that name in the body.
    Anywhere,
}

/// How calls are counted against a plan.
#[derive(Debug, Clone, Copy)]
pub struct CallMetering {
    /// The stored name of the counter.
    pub counter: &'static str,
    /// What a plan allows.
    pub limits: fn(&Limits) -> CallLimits,
    /// What a refused caller reads.
    pub refusal: Refusal,
    /// Whether each response says how many calls of the month remain.
    pub in_headers: bool,
}

/// The message of a refused call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Names the limit and its period.
    NamesLimit,
    /// Always this text.
    Fixed(&'static str),
}

/// How questions are counted against a plan.
#[derive(Debug, Clone, Copy)]
pub struct CreditMetering {
    /// The stored name of the counter.
    pub counter: &'static str,
    /// What a plan allows in a UTC month; no limit where `None`.
    pub limit: fn(&Limits) -> Option<u32>,
}

/// The rules of webhook subscriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookRules {
    /// What a subscription belongs to.
    pub owner: WebhookOwner,
    /// How many subscriptions one owner may have.
    pub max: u32,
    /// The kind of error when there are that many.
    pub full: ErrorKind,
    /// The form of signing secrets.
    pub secret: SecretForm,
    /// Whether a workspace lists and finds the subscriptions of all its chatbots without naming
    /// the chatbot.
    pub listed_by_workspace: bool,
}

/// What a subscription belongs to, by the dialect's word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookOwner {
    /// One chatbot.
    Chatbot,
    /// One chatbot, which is called a site.
    Site,
    /// A whole workspace.
    Workspace,
}

impl WebhookOwner {
    /// The dialect's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chatbot => "chatbot",
            Self::Site => "site",
            Self::Workspace => "workspace",
        }
    }
}

/// The form of signing secrets, each of 32 random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretForm {
    /// The prefix, then 64 hexadecimal digits; the whole text is the key.
    Hex(&'static str),
    /// The prefix, then base64, which is the key, as Standard Webhooks has it.
    Base64(&'static str),
}
