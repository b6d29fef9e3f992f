//! The widget's configuration: 23 fields, in the order of the reference.

use domain::{Error, Result, Widget, WidgetFields, WidgetPosition, widget};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use utoipa::{
    ToSchema,
    openapi::schema::{ObjectBuilder, Type},
};

use crate::one_of::{described, one_of};

one_of! {
    /// The corner of the page that the widget is in.
    Position, "helpbot.Position", String:
        [WidgetPosition::BottomRight, WidgetPosition::BottomLeft].map(WidgetPosition::name);
}

described! {
    /// As in CSS, by its digits.
    Color, "helpbot.Color":
        text((4, 9)).pattern(Some("^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$"));
    /// A BCP 47 tag.
    Language, "helpbot.Language":
        text((2, 35)).pattern(Some("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"));
    /// What the widget says.
    Sentence, "helpbot.Sentence": text(widget::SENTENCE).pattern(Some(r"\S"));
    /// The text of a button or a corner.
    Label, "helpbot.Label": text(widget::LABEL).pattern(Some(r"\S"));
}

fn text((min, max): (usize, usize)) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).min_length(Some(min)).max_length(Some(max))
}

/// The schema that clients see follows a field's type: the bounds of `WidgetFields::checked`.
/// `$position` is the one field that is no plain text or flag on the inside.
macro_rules! config {
    ($($field:ident $name:literal: $type:ty as $schema:ident,)* ; $position:ident) => {
        /// `PATCH /api/v1/config`. What is left out stays.
        #[derive(Debug, Clone, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        #[schema(as = helpbot::ConfigPatch, example = json!({
            "greeting": "Hello! What would you like to know?",
            "primaryColor": "#0b6e6e",
        }))]
        pub struct ConfigPatch {
            $(
                #[doc = concat!("`", $name, "`")]
                #[schema(value_type = $schema, required = false)]
                pub $field: Option<$type>,
            )*
            /// The site's key, unless it is in the header or the query.
            #[schema(value_type = Option<String>)]
            pub api_key: Option<IgnoredAny>,
        }

        impl ConfigPatch {
            /// The fields that it names, in the reference's order.
            pub fn names(&self) -> Vec<&'static str> {
                let Self { $($field,)* api_key: _ } = self;
                let names = [$($field.as_ref().map(|_| $name)),*];
                names.into_iter().flatten().collect()
            }
        }

        impl TryFrom<ConfigPatch> for WidgetFields {
            type Error = Error;

            fn try_from(from: ConfigPatch) -> Result<Self> {
                let ConfigPatch { $($field,)* api_key: _ } = from;
                let $position = $position
                    .map(|position| position.parse::<WidgetPosition>())
                    .transpose()?;
                WidgetFields { $($field),* }.checked()
            }
        }

        /// The whole configuration.
        #[derive(Debug, Serialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        #[schema(as = helpbot::ConfigOut)]
        pub struct ConfigOut {
            $(
                #[schema(value_type = $schema)]
                $field: $type,
            )*
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
    primary_color "primaryColor": String as Color,
    primary_foreground "primaryForeground": String as Color,
    background_color "backgroundColor": String as Color,
    foreground_color "foregroundColor": String as Color,
    secondary_color "secondaryColor": String as Color,
    secondary_foreground "secondaryForeground": String as Color,
    position "position": String as Position,
    greeting "greeting": String as Sentence,
    bot_name "botName": String as Label,
    show_branding "showBranding": bool as bool,
    ai_language "aiLanguage": String as Language,
    input_placeholder "inputPlaceholder": String as Label,
    typing_text "typingText": String as Label,
    online_text "onlineText": String as Label,
    handoff_text "handoffText": String as Label,
    handoff_sent_text "handoffSentText": String as Sentence,
    email_placeholder "emailPlaceholder": String as Label,
    email_send_text "emailSendText": String as Label,
    email_skip_text "emailSkipText": String as Label,
    feedback_yes_text "feedbackYesText": String as Label,
    feedback_no_text "feedbackNoText": String as Label,
    error_text "errorText": String as Sentence,
    network_error_text "networkErrorText": String as Sentence,
    ; position
}

/// What a change of the configuration did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = helpbot::UpdatedConfigOut)]
pub struct UpdatedConfigOut {
    /// The names of the fields that were sent.
    updated: Vec<&'static str>,
    config: ConfigOut,
}

impl UpdatedConfigOut {
    /// The fields that were named, and how all are now.
    pub fn new(updated: Vec<&'static str>, widget: Widget) -> Self {
        Self { updated, config: widget.into() }
    }
}
