//! Chatbots, their branding and widget settings.

pub(crate) mod branding;
pub(crate) mod items;
pub(crate) mod widget;
