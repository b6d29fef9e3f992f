mod create_channel;
mod delete_channel;
mod get_channel;
mod list_channels;
mod update_channel;
