mod get_config;
mod update_config;
