//! Our own routes over conversations: a team's inbox, a visitor's way back, and what a chatbot has of a
//! visitor.

pub mod inbox;
pub mod visitor;
pub mod visitors;
