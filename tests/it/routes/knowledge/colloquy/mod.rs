mod answer_unanswered;
mod list_unanswered;
mod preview;
mod replace_file;
mod search;
mod send_file;
mod upload_file;
