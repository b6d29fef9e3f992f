mod add_qa;
mod add_url;
mod delete_source;
mod get_source;
mod list_pages;
mod list_sources;
mod recrawl_source;
