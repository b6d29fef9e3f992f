//! The AI backends of chatbots.

pub mod items;
