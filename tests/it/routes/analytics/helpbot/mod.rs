mod get_activity;
mod get_overview;
