mod list_conversations;
