mod get_analytics;
