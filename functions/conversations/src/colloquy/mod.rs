//! Our own routes over conversations: a team's inbox, a visitor's way back, what a chatbot has of a
//! visitor and for how long.

pub mod inbox;
pub mod retention;
pub mod visitor;
pub mod visitors;
