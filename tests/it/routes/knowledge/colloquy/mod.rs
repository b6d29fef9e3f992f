mod answer_unanswered;
mod list_unanswered;
mod send_file;
mod upload_file;
