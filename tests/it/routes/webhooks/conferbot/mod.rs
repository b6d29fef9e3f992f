mod create_webhook;
mod delete_webhook;
mod list_webhooks;
