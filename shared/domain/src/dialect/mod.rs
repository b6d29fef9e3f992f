//! The published APIs, and what differs between them as far as rules go.
//!
//! [`Dialect`] names an API; its [`DialectProfile`] says which keys it has, how its calls are
//! metered, how many webhooks may subscribe and how they are signed, and so on. Use cases and the
//! store ask the profile and never compare names. To add a dialect, add a row to the table below;
//! shapes belong to the crate `dialects`.

mod profile;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Result, access::KeyKind, plan::CallLimits};
pub use profile::{
    CallMetering, CreditMetering, DialectProfile, KeyForm, KeyIssue, KeyPlace, Refusal, SecretForm,
    WebhookOwner, WebhookRules,
};

/// Makes [`Dialect`] and its table of one list, so that a name without a row can't be.
macro_rules! dialects {
    ($($(#[$doc:meta])* $variant:ident: $profile:expr;)*) => {
        /// The published API that a key or a subscription speaks. The domain knows the names,
        /// since "a key speaks one dialect" is a rule of the domain; it knows none of the shapes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum Dialect {
            $($(#[$doc])* $variant,)*
        }

        impl Dialect {
            /// All of them, in the order of the table.
            pub const ALL: [Self; PROFILES.len()] = [$(Self::$variant),*];
        }

        /// One row for each dialect, in the order of [`Dialect::ALL`].
        const PROFILES: [DialectProfile; [$(stringify!($variant)),*].len()] = [$($profile),*];
    };
}

dialects! {
    /// Conferbot: a workspace's chatbots, responses, analytics.
    Conferbot: DialectProfile {
        name: "conferbot",
        keys: &[KeyForm { kind: KeyKind::Workspace, prefix: "cb_live_", digits: 40 }],
        usual_key: Some(KeyKind::Workspace),
        key_issue: KeyIssue::OnRequest,
        key_place: KeyPlace::Header("x-api-key"),
        shares_paths_of: None,
        metering: Some(CallMetering {
            counter: "conferbot-calls",
            limits: |plan| CallLimits {
                month: plan.conferbot_calls,
                minute: plan.conferbot_calls_per_minute,
            },
            refusal: Refusal::NamesLimit,
            in_headers: false,
        }),
        credits: None,
        mails_handoff: false,
        webhooks: WebhookRules {
            owner: WebhookOwner::Chatbot,
            max: 20,
            full: ErrorKind::Conflict,
            secret: SecretForm::Hex(""),
            listed_by_workspace: true,
        },
    };
    /// Chatbot Platform: bots, AI backends, channels, agent loops.
    ChatbotPlatform: DialectProfile {
        name: "chatbotplatform",
        keys: &[KeyForm { kind: KeyKind::Workspace, prefix: "sk_live_", digits: 40 }],
        usual_key: Some(KeyKind::Workspace),
        key_issue: KeyIssue::OnRequest,
        key_place: KeyPlace::Bearer,
        shares_paths_of: None,
        metering: Some(CallMetering {
            counter: "chatbotplatform-calls",
            limits: |plan| CallLimits {
                month: None,
                minute: plan.chatbotplatform_calls_per_minute,
            },
            refusal: Refusal::NamesLimit,
            in_headers: false,
        }),
        credits: None,
        mails_handoff: false,
        webhooks: WebhookRules {
            owner: WebhookOwner::Workspace,
            max: 50,
            full: ErrorKind::Conflict,
            secret: SecretForm::Base64("whsec_"),
            listed_by_workspace: false,
        },
    };
    /// BotPlot: chat, knowledge, leads, white label.
    Botplot: DialectProfile {
        name: "botplot",
        keys: &[
            KeyForm { kind: KeyKind::Public, prefix: "pk_", digits: 40 },
            KeyForm { kind: KeyKind::Secret, prefix: "sk_", digits: 40 },
        ],
        usual_key: None,
        key_issue: KeyIssue::OnRequest,
        key_place: KeyPlace::Bearer,
        shares_paths_of: None,
        metering: Some(CallMetering {
            counter: "botplot-calls",
            limits: |plan| CallLimits { month: plan.botplot_calls, minute: None },
            refusal: Refusal::Fixed("monthly API limit exceeded"),
            in_headers: true,
        }),
        credits: None,
        mails_handoff: false,
        webhooks: WebhookRules {
            owner: WebhookOwner::Chatbot,
            max: 20,
            full: ErrorKind::Conflict,
            secret: SecretForm::Hex("whsec_"),
            listed_by_workspace: false,
        },
    };
    /// OpenBat: an organization's chatbots, by session. Its keys call botplot's routes.
    Openbat: DialectProfile {
        name: "openbat",
        keys: &[KeyForm { kind: KeyKind::Secret, prefix: "ob_live_", digits: 32 }],
        usual_key: Some(KeyKind::Secret),
        key_issue: KeyIssue::WithChatbot,
        key_place: KeyPlace::Bearer,
        shares_paths_of: None,
        metering: None,
        credits: None,
        mails_handoff: false,
        webhooks: WebhookRules {
            owner: WebhookOwner::Chatbot,
            max: 20,
            full: ErrorKind::Conflict,
            secret: SecretForm::Hex("whsec_"),
            listed_by_workspace: false,
        },
    };
    /// HelpBot: FAQ chat with feedback and handoff.
    Helpbot: DialectProfile {
        name: "helpbot",
        keys: &[
            KeyForm { kind: KeyKind::Site, prefix: "wk_live_", digits: 40 },
            KeyForm { kind: KeyKind::Widget, prefix: "wk_live_", digits: 40 },
        ],
        usual_key: Some(KeyKind::Site),
        key_issue: KeyIssue::OnRequest,
        key_place: KeyPlace::Anywhere,
        shares_paths_of: Some(Dialect::Botplot),
        metering: None,
        credits: Some(CreditMetering {
            counter: "helpbot-credits",
            limit: |plan| plan.helpbot_credits,
        }),
        mails_handoff: true,
        webhooks: WebhookRules {
            owner: WebhookOwner::Site,
            max: 5,
            // Its reference documents 403.
            full: ErrorKind::Forbidden,
            secret: SecretForm::Hex("whsec_"),
            listed_by_workspace: false,
        },
    };
}

/// The dialect and kind of the key that is made with each chatbot.
pub const CHATBOT_KEY: (Dialect, KeyKind) = (Dialect::Openbat, KeyKind::Secret);

impl Dialect {
    /// Its rules.
    pub fn profile(self) -> &'static DialectProfile {
        // The table has a row for each variant, in order.
        &PROFILES[self as usize]
    }

    /// The name in lower case, as it is stored and shown.
    pub fn name(self) -> &'static str {
        self.profile().name
    }

    /// Those whose keys are made on request.
    pub fn with_requested_keys() -> impl Iterator<Item = Self> {
        let on_request = |of: &Self| of.profile().key_issue == KeyIssue::OnRequest;
        Self::ALL.into_iter().filter(on_request)
    }

    /// The dialect in which a caller with a key of this dialect is answered on a path of `path`:
    /// this one where the two share that path.
    pub fn spoken_on(self, path: Self) -> Self {
        if self.profile().shares_paths_of == Some(path) { self } else { path }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Dialect {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|d| d.name() == text).ok_or_else(|| {
            let names: Vec<&str> = Self::with_requested_keys().map(Self::name).collect();
            Error::field("dialect", format!("must be one of {}", names.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_are_stored() {
        for dialect in Dialect::ALL {
            let stored = serde_json::to_value(dialect).unwrap();
            assert_eq!(stored, dialect.name());
            assert_eq!(dialect.name().parse::<Dialect>().unwrap(), dialect);
        }
        let error = "opentable".parse::<Dialect>().unwrap_err();
        let message = "dialect must be one of conferbot, chatbotplatform, botplot, helpbot";
        assert_eq!(error.message, message);
    }

    #[test]
    fn keys_have_the_documented_forms() {
        for (dialect, kind, prefix, length) in [
            (Dialect::Conferbot, KeyKind::Workspace, "cb_live_", 48),
            (Dialect::ChatbotPlatform, KeyKind::Workspace, "sk_live_", 48),
            (Dialect::Botplot, KeyKind::Public, "pk_", 43),
            (Dialect::Botplot, KeyKind::Secret, "sk_", 43),
            (Dialect::Helpbot, KeyKind::Site, "wk_live_", 48),
            (Dialect::Helpbot, KeyKind::Widget, "wk_live_", 48),
            (Dialect::Openbat, KeyKind::Secret, "ob_live_", 40),
        ] {
            let form = dialect.profile().key_form(kind).unwrap();
            assert_eq!((form.prefix, form.prefix.len() + form.digits), (prefix, length));
        }
        assert!(Dialect::Conferbot.profile().key_form(KeyKind::Public).is_none());
    }

    #[test]
    fn a_kind_may_be_left_out_where_one_is_usual() {
        let kind = |dialect: Dialect, text| dialect.profile().key_kind(text);
        assert_eq!(kind(Dialect::Helpbot, None).unwrap(), KeyKind::Site);
        assert_eq!(kind(Dialect::Helpbot, Some("widget")).unwrap(), KeyKind::Widget);
        assert_eq!(kind(Dialect::Conferbot, None).unwrap(), KeyKind::Workspace);
        assert_eq!(kind(Dialect::Botplot, Some("secret")).unwrap(), KeyKind::Secret);
        for (dialect, text, message) in [
            (Dialect::Botplot, None, "must be public or secret"),
            (Dialect::Botplot, Some("site"), "must be public or secret"),
            (Dialect::Helpbot, Some("secret"), "must be site or widget"),
            (Dialect::ChatbotPlatform, Some(""), "must be workspace"),
        ] {
            assert_eq!(kind(dialect, text).unwrap_err().fields[0].message, message);
        }
    }

    #[test]
    fn one_dialect_s_key_is_made_with_each_chatbot() {
        let (dialect, kind) = CHATBOT_KEY;
        assert!(dialect.profile().key_form(kind).is_some());
        for of in Dialect::ALL {
            let with_chatbot = of.profile().key_issue == KeyIssue::WithChatbot;
            assert_eq!(with_chatbot, of == dialect, "{of}");
        }
    }

    #[test]
    fn a_shared_path_speaks_the_dialect_of_the_key() {
        let (site, project) = (Dialect::Helpbot, Dialect::Botplot);
        assert_eq!(site.spoken_on(project), site);
        assert_eq!(project.spoken_on(site), site);
        assert_eq!(site.spoken_on(Dialect::Openbat), Dialect::Openbat);
        assert_eq!(Dialect::Openbat.spoken_on(project), project);
    }
}
