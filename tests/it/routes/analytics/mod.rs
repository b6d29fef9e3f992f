//! Routes of the `analytics` function.

mod conferbot_get_analytics;
