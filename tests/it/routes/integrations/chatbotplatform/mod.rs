mod create_integration;
mod delete_integration;
mod get_integration;
mod get_usage;
mod list_integrations;
mod update_integration;
