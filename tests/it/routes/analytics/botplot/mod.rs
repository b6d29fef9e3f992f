mod get_analytics;
mod get_ratings;
