mod create_chatbot;
mod delete_chatbot;
mod get_chatbot;
mod list_chatbots;
mod rotate_key;
mod update_chatbot;
