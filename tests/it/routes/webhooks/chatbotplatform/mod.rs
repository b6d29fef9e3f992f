mod create_webhook;
mod delete_webhook;
mod get_webhook;
mod list_webhooks;
mod update_webhook;
