//! What a team pastes so that its bot can answer on a platform.

use std::{collections::BTreeMap, fmt};

use domain::{Error, ErrorKind, FieldError, Platform, Result};
use serde_json::{Map, Value};

/// One credential of a platform: its name in the body, and its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialField {
    /// As in `credentials.<name>`.
    pub name: &'static str,
    /// Whether a channel can't do without it.
    pub is_required: bool,
    /// Characters, least and most.
    pub length: (usize, usize),
    /// What it is, for the document.
    pub description: &'static str,
    charset: Charset,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charset {
    /// What fits a header and can't end it: visible ASCII.
    Visible,
    Digits,
}

const fn field(
    name: &'static str,
    is_required: bool,
    charset: Charset,
    length: (usize, usize),
    description: &'static str,
) -> CredentialField {
    CredentialField { name, is_required, length, description, charset }
}

/// A token, whose length no platform promises.
const TOKEN: (usize, usize) = (1, 1_000);
const ID: (usize, usize) = (1, 40);

const APP_SECRET: CredentialField = field(
    "app_secret",
    true,
    Charset::Visible,
    (1, 200),
    "the Meta app's secret, which signs deliveries",
);
const VERIFY_TOKEN: CredentialField = field(
    "verify_token",
    false,
    Charset::Visible,
    (1, 200),
    "what to paste beside the callback URL; made here unless given",
);

const TELEGRAM: &[CredentialField] =
    &[field("bot_token", true, Charset::Visible, (1, 200), "the token that BotFather gives")];
const SLACK: &[CredentialField] = &[
    field("bot_token", true, Charset::Visible, TOKEN, "the bot user's OAuth token, xoxb-…"),
    field("signing_secret", true, Charset::Visible, (1, 200), "the app's signing secret"),
];
const DISCORD: &[CredentialField] =
    &[field("bot_token", true, Charset::Visible, (1, 200), "the token of the application's bot")];
const WHATSAPP: &[CredentialField] = &[
    field("access_token", true, Charset::Visible, TOKEN, "a system user's access token"),
    field(
        "phone_number_id",
        true,
        Charset::Digits,
        ID,
        "the id of the phone number, not the number",
    ),
    APP_SECRET,
    VERIFY_TOKEN,
    field(
        "waba_id",
        false,
        Charset::Digits,
        ID,
        "the WhatsApp business account's id; with it, its app is subscribed",
    ),
];
const MESSENGER: &[CredentialField] = &[
    field("page_access_token", true, Charset::Visible, TOKEN, "the page's access token"),
    APP_SECRET,
    VERIFY_TOKEN,
];

impl CredentialField {
    /// The credentials of a channel on `platform`.
    pub fn of(platform: Platform) -> &'static [Self] {
        match platform {
            Platform::Telegram => TELEGRAM,
            Platform::Slack => SLACK,
            Platform::Discord => DISCORD,
            Platform::Whatsapp => WHATSAPP,
            Platform::Messenger => MESSENGER,
            Platform::Web => &[],
        }
    }

    fn refuses(&self, value: &str) -> Option<String> {
        let (least, most) = self.length;
        let is_known = |c: char| match self.charset {
            Charset::Visible => c.is_ascii_graphic(),
            Charset::Digits => c.is_ascii_digit(),
        };
        if value.len() < least || value.len() > most {
            return Some(format!("must have {least} to {most} characters"));
        }
        (!value.chars().all(is_known)).then(|| match self.charset {
            Charset::Visible => "must be visible ASCII characters without spaces".to_owned(),
            Charset::Digits => "must be digits".to_owned(),
        })
    }
}

/// The credentials of one channel, checked. Secret: `Debug` shows their names alone.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelCredentials {
    platform: Platform,
    values: BTreeMap<&'static str, String>,
}

impl fmt::Debug for ChannelCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelCredentials")
            .field("platform", &self.platform)
            .field("names", &self.values.keys())
            .finish_non_exhaustive()
    }
}

impl ChannelCredentials {
    /// Checks what a client sent as `credentials` of a channel on `platform`. A missing `verify_token` becomes
    /// `made`, a fresh random one, where the platform has one. Blanks around a pasted value are taken off.
    ///
    /// # Errors
    ///
    /// [`domain::ErrorKind::Validation`] with a field per missing, unknown, ill-typed or out-of-bounds credential.
    pub fn parse(platform: Platform, given: &Map<String, Value>, made: &str) -> Result<Self> {
        let fields = CredentialField::of(platform);
        let (mut values, mut broken) = (BTreeMap::new(), Vec::new());
        let mut refuse = |name: &str, message: String| {
            broken.push(FieldError { field: format!("credentials.{name}"), message });
        };
        for name in given.keys().take(MAX_GIVEN) {
            if !fields.iter().any(|field| field.name == name) {
                let shown: String = name.chars().take(40).collect();
                refuse(&shown, format!("is not a credential of {}", platform.name()));
            }
        }
        for field in fields {
            let value = match given.get(field.name) {
                None | Some(Value::Null) => None,
                Some(Value::String(text)) => Some(text.trim().to_owned()),
                Some(_) => {
                    refuse(field.name, "must be a string".to_owned());
                    continue;
                }
            };
            let value =
                value.or_else(|| (field.name == VERIFY_TOKEN.name).then(|| made.to_owned()));
            match value {
                None if field.is_required => refuse(field.name, "is required".to_owned()),
                None => {}
                Some(value) => match field.refuses(&value) {
                    Some(message) => refuse(field.name, message),
                    None => {
                        values.insert(field.name, value);
                    }
                },
            }
        }
        if !broken.is_empty() {
            return Err(refused(broken));
        }
        Ok(Self { platform, values })
    }

    /// What was stored, as [`Self::to_map`] gave it; no check is repeated, and what the platform has no
    /// credential for is left out.
    pub fn stored(platform: Platform, mut map: BTreeMap<String, String>) -> Self {
        let fields = CredentialField::of(platform).iter();
        let values =
            fields.filter_map(|field| Some((field.name, map.remove(field.name)?))).collect();
        Self { platform, values }
    }

    /// To be sealed and stored.
    pub fn to_map(&self) -> BTreeMap<String, String> {
        self.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    /// Whose they are.
    pub fn platform(&self) -> Platform {
        self.platform
    }

    /// What the owner has to paste at the platform beside the URL, if it has such a thing.
    pub fn verify_token(&self) -> Option<&str> {
        self.values.get(VERIFY_TOKEN.name).map(String::as_str)
    }

    /// The credential of this name; empty if there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }
}

fn refused(broken: Vec<FieldError>) -> Error {
    let said: Vec<String> =
        broken.iter().map(|one| format!("{} {}", one.field, one.message)).collect();
    Error { fields: broken, ..Error::new(ErrorKind::Validation, said.join("; ")) }
}

/// Unknown names that are reported at most.
const MAX_GIVEN: usize = 20;
