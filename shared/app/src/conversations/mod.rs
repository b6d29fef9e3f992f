//! What is read and counted of conversations: lists, statistics, frequent questions, and those
//! that the knowledge had no answer for.

pub mod analytics;
pub mod inbox;
pub mod inbox_list;
pub mod list;
pub mod questions;
pub mod stats;
pub mod unanswered;
pub mod visitor;
pub mod whole;
