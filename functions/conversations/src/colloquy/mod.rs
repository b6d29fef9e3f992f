//! Our own routes over conversations: a team's inbox, and a visitor's way back.

pub mod inbox;
pub mod visitor;
