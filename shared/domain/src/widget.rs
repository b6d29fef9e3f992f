//! How a chatbot's widget looks and what it says.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Error, Result, bounds};

/// What a visitor is told in a sentence or more.
pub const SENTENCE: (usize, usize) = (1, 500);
/// A label or the text of a button.
pub const LABEL: (usize, usize) = (1, 100);

/// The corner of the page that the widget is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WidgetPosition {
    /// In the lower right corner.
    BottomRight,
    /// In the lower left corner.
    BottomLeft,
}

impl WidgetPosition {
    /// The name as clients spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::BottomRight => "bottom-right",
            Self::BottomLeft => "bottom-left",
        }
    }
}

impl FromStr for WidgetPosition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::BottomRight, Self::BottomLeft]
            .into_iter()
            .find(|position| position.name() == text)
            .ok_or_else(|| Error::field("position", "must be one of bottom-right, bottom-left"))
    }
}

macro_rules! widget {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $default:expr;)*) => {
        /// The widget's whole configuration.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Widget {
            $($(#[$doc])* pub $field: $type,)*
        }

        /// Some of its fields: those that were set, or are to be.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct WidgetFields {
            $($(#[$doc])* pub $field: Option<$type>,)*
        }

        impl WidgetFields {
            fn over_defaults(self) -> Widget {
                let Self { $($field),* } = self;
                Widget { $($field: $field.unwrap_or_else(|| $default),)* }
            }
        }
    };
}

widget! {
    /// Colour of buttons and of the visitor's messages.
    primary_color: String = "#2563eb".to_owned();
    /// Colour of text on it.
    primary_foreground: String = "#ffffff".to_owned();
    /// Colour of the window.
    background_color: String = "#ffffff".to_owned();
    /// Colour of text in it.
    foreground_color: String = "#111827".to_owned();
    /// Colour of the chatbot's messages.
    secondary_color: String = "#f3f4f6".to_owned();
    /// Colour of text on those.
    secondary_foreground: String = "#111827".to_owned();
    /// The corner that it is in.
    position: WidgetPosition = WidgetPosition::BottomRight;
    /// What a visitor reads first.
    greeting: String = "Hi! How can I help you?".to_owned();
    /// What the chatbot is called; its own name unless set.
    bot_name: String = String::new();
    /// Whether it says whose platform it is.
    show_branding: bool = true;
    /// Language of the answers, a BCP 47 tag.
    ai_language: String = "en".to_owned();
    /// In the empty field for questions.
    input_placeholder: String = "Ask a question…".to_owned();
    /// While an answer is under way.
    typing_text: String = "Typing…".to_owned();
    /// Below the name.
    online_text: String = "Online".to_owned();
    /// On the button that asks for a person.
    handoff_text: String = "Talk to a person".to_owned();
    /// Once a person was requested.
    handoff_sent_text: String = "Thank you. Somebody will get back to you.".to_owned();
    /// In the empty field for an e-mail address.
    email_placeholder: String = "Your e-mail address".to_owned();
    /// On the button that sends it.
    email_send_text: String = "Send".to_owned();
    /// On the button that does not.
    email_skip_text: String = "Skip".to_owned();
    /// On the button for a helpful answer.
    feedback_yes_text: String = "Helpful".to_owned();
    /// On the button for one that was not.
    feedback_no_text: String = "Not helpful".to_owned();
    /// When an answer failed.
    error_text: String = "Something went wrong. Please try again.".to_owned();
    /// When the platform could not be reached.
    network_error_text: String = "No connection. Please try again.".to_owned();
}

impl Widget {
    /// What was set over the defaults, for a chatbot of this name.
    pub fn new(set: WidgetFields, chatbot: &str) -> Self {
        let widget = set.over_defaults();
        // An empty one is refused.
        match widget.bot_name.is_empty() {
            true => Self { bot_name: chatbot.to_owned(), ..widget },
            false => widget,
        }
    }
}

impl WidgetFields {
    /// Checks the bounds of each field that is there, and trims texts.
    pub fn checked(mut self) -> Result<Self> {
        macro_rules! check {
            ($($field:ident $name:literal $check:expr;)*) => {$(
                if let Some(value) = &mut self.$field {
                    *value = $check($name, value)?;
                }
            )*};
        }
        let sentence = |name: &str, value: &str| bounds::text(name, value, SENTENCE);
        let label = |name: &str, value: &str| bounds::text(name, value, LABEL);
        check! {
            primary_color "primaryColor" bounds::color;
            primary_foreground "primaryForeground" bounds::color;
            background_color "backgroundColor" bounds::color;
            foreground_color "foregroundColor" bounds::color;
            secondary_color "secondaryColor" bounds::color;
            secondary_foreground "secondaryForeground" bounds::color;
            greeting "greeting" sentence;
            bot_name "botName" label;
            ai_language "aiLanguage" bounds::language;
            input_placeholder "inputPlaceholder" label;
            typing_text "typingText" label;
            online_text "onlineText" label;
            handoff_text "handoffText" label;
            handoff_sent_text "handoffSentText" sentence;
            email_placeholder "emailPlaceholder" label;
            email_send_text "emailSendText" label;
            email_skip_text "emailSkipText" label;
            feedback_yes_text "feedbackYesText" label;
            feedback_no_text "feedbackNoText" label;
            error_text "errorText" sentence;
            network_error_text "networkErrorText" sentence;
        }
        Ok(self)
    }

    /// Nothing to change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_the_bounds_and_the_name_is_the_chatbots() {
        let widget = Widget::new(WidgetFields::default(), "Harbour");
        assert_eq!(widget.bot_name, "Harbour");
        let set = WidgetFields {
            greeting: Some(widget.greeting),
            primary_color: Some(widget.primary_color),
            error_text: Some(widget.error_text),
            ai_language: Some(widget.ai_language),
            bot_name: Some(" Other ".into()),
            ..WidgetFields::default()
        };
        let set = set.checked().unwrap();
        assert_eq!(Widget::new(set, "Harbour").bot_name, "Other");
    }
}
