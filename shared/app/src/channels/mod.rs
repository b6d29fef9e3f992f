//! Channels: a chatbot answers on messaging platforms.
//!
//! # Actors
//!
//! - **Owner**, through [`connect::Channels`]: makes, changes, switches off and deletes channels. Credentials
//!   are sealed (`secrets`) and never shown. *Connecting* is two calls of the platform within 8 seconds: whose
//!   credentials are these, and deliver to this URL. The channel is stored before the first one, since a
//!   platform may call us before it answers.
//! - **Platform**: delivers to the channel's own URL. [`Channels::receive`](connect::Channels::receive)
//!   verifies the raw bytes, stores each message as an *entry* of its peer, and acknowledges. It calls no
//!   platform and no model.
//! - **Peer** ([`domain::ChannelPeer`]): a chat, a thread or a person that a channel talks with. Its item
//!   holds the lease under which a worker settles its entries, and the conversation that the next message
//!   continues.
//! - **Entry** ([`domain::ChannelEntry`]): a message that came in (`IN#`), together with the state of its
//!   answer; or a reply that no message asked (`OUT#`), such as a person's from the inbox, put by
//!   [`App::send_reply`](crate::App::send_reply). The place of a message is made of the platform's order and
//!   deduplication key: the same message has the same key, for eight days.
//! - **Subscriber** ([`crate::events`]): sends a [`job::ChannelJob`] for each entry that the stream shows.
//! - **Channel worker** ([`worker::ChannelWorker`]): takes the peer's lease and settles its entries in order
//!   (`session`): it asks the conversation engine ([`crate::chat::turn`]), and sends the answer in pieces
//!   (`outbound`). A job whose peer another worker has comes again after a second or more.
//! - **Backoff** (`backoff`): when an entry is tried again.
//! - **Ticker** ([`crate::events::ticker`]): sends the jobs of entries whose message was lost or that wait for
//!   longer than a queue can hold back, and of deleted channels whose platform was not reached. Each connected
//!   channel is due for a check every six hours: a worker asks its platform whether it still takes the
//!   credentials and still delivers here. One that was connected before there were checks becomes due where it is
//!   read, by its owner or as a message comes.
//!
//! # States
//!
//! A channel:
//!
//! ```text
//!   made --> error <--could not be connected-- (any change of it)
//!              |                                    |
//!              +--------- connected ----------------+
//!                           |      ^
//!   the platform refuses    |      | its owner changes it
//!   the credentials, or the v      |
//!   owner switches it off: disconnected        deleted: tombstone, until its platform was told
//! ```
//!
//! From connected to disconnected is one conditional write however many find out at once, and its change is the
//! event `channel.disconnected`. Only an answer about the credentials leads there: timeouts, 5xx, 429 and
//! refusals of one message never do.
//!
//! An entry:
//!
//! ```text
//!   pending --turn stored--> pending, answered --every piece taken, or nothing to say--> done
//!      |  ^                       |      ^
//!      +--+ the engine failed     +------+ the platform asked to wait or failed: backoff, up to a day
//!      |                          |
//!      +--------------------------+--> failed: channel lost, chat blocked, window closed, a day old
//! ```
//!
//! An entry that waits holds back those behind it: the peer reads answers in the order of its messages. When
//! it is settled, what it said is removed, and its row stays for deduplication.
//!
//! # What a crash leads to
//!
//! | the process dies | then |
//! |---|---|
//! | before all messages of a delivery are stored | it is not acknowledged; the platform delivers again, and those that are there stay |
//! | after they are stored, before the acknowledgment | the platform delivers again, without effect |
//! | with a job dropped or among the dead letters | the entry is still due; the ticker sends another |
//! | with a peer's lease | it ends after 20 seconds; who takes it then looks for the turn before it asks the engine |
//! | after the turn is stored, before the answer is sent | the turn's id is derived from the entry, so it is found and sent |
//! | after a piece is sent, before that is written | that piece is sent again, unless the platform knows its key |
//! | while it deletes a channel | the tombstone is due; a worker tells the platform |
//! | after a loss is written, before the stream is read | the stream is read again: the change is in it |

pub(crate) mod backoff;
pub mod connect;
pub mod inbound;
pub mod job;
pub mod outbound;
mod secrets;
mod session;
pub mod worker;
