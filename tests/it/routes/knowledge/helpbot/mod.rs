mod add_source;
mod delete_source;
mod list_sources;
mod rescrape_source;
