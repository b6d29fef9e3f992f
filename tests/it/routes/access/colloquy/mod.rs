mod create_api_key;
mod get_session;
mod list_api_keys;
mod log_in;
mod log_in_by_link;
mod log_out;
mod revoke_api_key;
mod sign_up;
