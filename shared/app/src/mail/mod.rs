//! E-mails to the owners of workspaces: what they say in [`message`], the worker that sends them in
//! [`job`]. Which e-mails were sent is in the table, so a job that is received twice sends one.

pub mod job;
pub mod message;
