//! The widget's configuration: 23 fields, in the order of the reference.

use domain::{Error, Result, Widget, WidgetFields, WidgetPosition};
use serde::{Deserialize, Serialize};

/// `$position` is the one field that is no plain text or flag on the inside.
macro_rules! config {
    ($($field:ident $name:literal: $type:ty,)* ; $position:ident) => {
        /// `PATCH /api/v1/config`. What is left out stays.
        #[derive(Debug, Clone, Deserialize)]
        pub struct ConfigPatch {
            $(
                #[doc = concat!("`", $name, "`")]
                #[serde(rename = $name)]
                pub $field: Option<$type>,
            )*
        }

        impl ConfigPatch {
            /// The fields that it names, in the reference's order.
            pub fn names(&self) -> Vec<&'static str> {
                let Self { $($field),* } = self;
                let names = [$($field.as_ref().map(|_| $name)),*];
                names.into_iter().flatten().collect()
            }
        }

        impl TryFrom<ConfigPatch> for WidgetFields {
            type Error = Error;

            fn try_from(from: ConfigPatch) -> Result<Self> {
                let ConfigPatch { $($field),* } = from;
                let $position = $position
                    .map(|position| position.parse::<WidgetPosition>())
                    .transpose()?;
                WidgetFields { $($field),* }.checked()
            }
        }

        /// The whole configuration.
        #[derive(Debug, Serialize)]
        pub struct ConfigOut {
            $(#[serde(rename = $name)] $field: $type,)*
        }

        impl From<Widget> for ConfigOut {
            fn from(from: Widget) -> Self {
                let Widget { $($field),* } = from;
                let $position = $position.name().to_owned();
                Self { $($field),* }
            }
        }
    };
}

config! {
    primary_color "primaryColor": String,
    primary_foreground "primaryForeground": String,
    background_color "backgroundColor": String,
    foreground_color "foregroundColor": String,
    secondary_color "secondaryColor": String,
    secondary_foreground "secondaryForeground": String,
    position "position": String,
    greeting "greeting": String,
    bot_name "botName": String,
    show_branding "showBranding": bool,
    ai_language "aiLanguage": String,
    input_placeholder "inputPlaceholder": String,
    typing_text "typingText": String,
    online_text "onlineText": String,
    handoff_text "handoffText": String,
    handoff_sent_text "handoffSentText": String,
    email_placeholder "emailPlaceholder": String,
    email_send_text "emailSendText": String,
    email_skip_text "emailSkipText": String,
    feedback_yes_text "feedbackYesText": String,
    feedback_no_text "feedbackNoText": String,
    error_text "errorText": String,
    network_error_text "networkErrorText": String,
    ; position
}

/// What a change of the configuration did.
#[derive(Debug, Serialize)]
pub struct UpdatedConfigOut {
    updated: Vec<&'static str>,
    config: ConfigOut,
}

impl UpdatedConfigOut {
    /// The fields that were named, and how all are now.
    pub fn new(updated: Vec<&'static str>, widget: Widget) -> Self {
        Self { updated, config: widget.into() }
    }
}
