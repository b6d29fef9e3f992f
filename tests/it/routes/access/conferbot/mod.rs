mod get_usage;
