mod create_bot;
mod delete_bot;
mod get_bot;
mod list_bots;
mod update_bot;
