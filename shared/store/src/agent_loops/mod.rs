//! Agent loops, their executions, what each execution did, and who may run how many at once.

pub mod executions;
pub mod loops;
pub mod record;
pub mod slots;
