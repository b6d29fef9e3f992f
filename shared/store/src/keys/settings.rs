//! Settings of a chatbot that are apart from it, since no chat turn reads them.

use domain::ChatbotId;

use super::{Key, chatbot_partition, key};

/// A chatbot's branding.
pub fn branding(id: ChatbotId) -> Key {
    key(chatbot_partition(id), "BRANDING")
}
/// A chatbot's logo. Apart from the branding, whose reads and writes would pay for its size.
pub fn logo(id: ChatbotId) -> Key {
    key(chatbot_partition(id), "LOGO")
}
/// A chatbot's widget.
pub fn widget(id: ChatbotId) -> Key {
    key(chatbot_partition(id), "WIDGET")
}
/// How long a chatbot keeps what its visitors leave.
pub fn retention(id: ChatbotId) -> Key {
    key(chatbot_partition(id), "RETENTION")
}
