//! Chatbots themselves: their life cycle, branding with logo and domains, and widget settings.

pub mod branding;
pub mod domains;
pub mod lifecycle;
pub mod logo;
pub mod widget;
