mod delete_conversation;
mod get_conversation;
mod list_conversations;
mod list_messages;
