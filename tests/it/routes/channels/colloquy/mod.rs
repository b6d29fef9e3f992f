mod check_url;
mod receive;
