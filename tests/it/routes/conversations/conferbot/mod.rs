mod get_response;
mod list_responses;
