//! Agent loops: a job in words, carried out by a model with tools, unattended and within bounds, with a
//! record of everything it did.
//!
//! # Actors
//!
//! - **Loop** ([`loop_`]): what its owner sets up: the job, the AI backend, MCP servers, a schedule, a
//!   callback. Secrets are sealed for the loop and the origin that they go to, and never shown.
//! - **Execution** ([`executions`]): one run of a loop, a row of the table. It is begun by a request or by
//!   the schedule, listed, read with its record, and cancelled here.
//! - **Schedule** ([`schedule`]): the loop's row is due at the next planned time. The ticker claims that
//!   time: one conditional write moves the row to the next one and puts the execution, whose id is
//!   derived from loop and planned time. However many tickers look, there is one execution. A time at
//!   which the last scheduled execution is not over is skipped and counted; of several that were missed
//!   the latest is run.
//! - **Job** ([`job`]): a message with the execution's ids, sent off the stream when the row appears, and by
//!   the ticker when the row says that a message is missing.
//! - **Loop worker** ([`worker`]): takes a slot of the workspace, claims the execution, renews its lease
//!   while it runs, and ends it. A workspace has [`worker::MAX_RUNNING`] slots, so that one with many
//!   executions doesn't take the workers of all others.
//! - **Run** (`run`): model call (`model_call`), tool calls, model call, and so on; `calls` knows the
//!   three-times rule. Each
//!   step is written down before its tools are called, and again with their results.
//! - **Tools** (`tools`): connects to the MCP servers, names their tools for the model, finds the one that
//!   is called and calls it. `builtin`: the platform's own tools.
//! - **Callback** (`callback`): a subscription of the delivery machinery ([`crate::webhooks`]) that belongs
//!   to the loop. The change of the execution's row to its end becomes the event `agent_loop.completed`
//!   and the callback's delivery, both with derived ids.
//!
//! # States of an execution
//!
//! ```text
//!             claimed, attempt 1                     the model has answered
//!   pending ----------------------> running ------------------------------------> completed
//!      |                             |   ^ |  a bound, the backend, cancelled
//!      | cancelled                   |   | +--------------------------------------> failed
//!      v                    lease is |   | |  timeout_seconds ran out
//!    failed                     over |   | +--------------------------------------> timeout
//!                                    v   |
//!                          no tool was called: claimed, attempt 2 or 3
//!                          a tool was called: failed, "interrupted"
//! ```
//!
//! Every change is conditional on the status and the attempt that it leads away from.
//!
//! # Bounds
//!
//! `max_iterations` model calls with tools; if the last still calls tools, they are run, and one closing
//! call outside the count has to answer. `timeout_seconds` for everything; each model and tool call has the
//! lesser of its own bound and what is left. `max_tokens` in all; 16 calls an iteration, 128 a run; 32 KiB of
//! a result reach the model. The third same call in a row is told to the model, the fourth ends the run.
//!
//! # What a crash leads to
//!
//! | the process dies | then |
//! |---|---|
//! | after the row is put, before its message is sent | the stream repeats the record; if the message is lost, the row is due a minute later |
//! | before a tool was called | the lease ends within a minute, the ticker sends a message, another worker begins again; after three attempts the execution fails |
//! | after a step was written down, before, while or after its tools are called | the same, but the execution fails as interrupted: no tool is called twice. Calls without a result in its record may have been carried out |
//! | after the execution ended, before its event is fanned out | the stream repeats the record; event and delivery have derived ids |
//! | with a message that SQS delivers twice | the second finds a live lease or an ended execution, and does nothing |
//! | while two tickers see the same planned time | one of the two conditional writes is done |
//! | with a slot | the slot's lease ends within a minute |

mod builtin;
mod callback;
mod calls;
pub mod executions;
pub mod job;
pub mod loop_;
mod model_call;
mod run;
pub mod schedule;
mod tools;
pub mod worker;
