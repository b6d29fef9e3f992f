mod create_chatbot;
mod delete_chatbot;
mod duplicate_chatbot;
mod duplicate_knowledge;
mod get_chatbot;
mod list_chatbots;
mod update_chatbot;
