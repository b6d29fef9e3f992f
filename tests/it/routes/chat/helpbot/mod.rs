mod chat;
mod feedback;
mod handoff;
