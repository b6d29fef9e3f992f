mod list_deliveries;
mod replay_deliveries;
mod replay_delivery;
mod rotate_secret;
