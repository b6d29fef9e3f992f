mod get_trace;
mod hand_off;
mod rate_message;
mod send_message;
mod stream_message;
