mod delete_conversation;
mod get_conversation;
mod get_erasure;
mod list_conversations;
