//! Chatbots, their branding, widget and retention settings.

pub(crate) mod branding;
pub(crate) mod items;
pub(crate) mod retention;
pub(crate) mod widget;
