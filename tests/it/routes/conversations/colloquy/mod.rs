mod get_inbox_conversation;
mod list_changes;
mod list_inbox;
mod list_visitor_messages;
mod patch_inbox_conversation;
mod reply;
mod send_visitor_message;
