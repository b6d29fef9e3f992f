//! Routes of the `conversations` function.

mod chatbotplatform_delete_conversation;
mod chatbotplatform_get_conversation;
mod chatbotplatform_list_conversations;
mod chatbotplatform_list_messages;
mod delete_conversation;
mod get_conversation;
mod list_conversations;
