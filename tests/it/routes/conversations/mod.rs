//! Routes of the `conversations` function.

mod delete_conversation;
mod get_conversation;
mod list_conversations;
