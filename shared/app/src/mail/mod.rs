//! Mails to the owners of workspaces.

pub mod job;
