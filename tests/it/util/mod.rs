//! What tests of several routes share: a helper per area, and per dialect what all of its routes are
//! tested for alike.

pub mod access;
pub mod agent_loops;
pub mod analytics;
pub mod botplot;
pub mod channels;
pub mod chatbotplatform;
pub mod chatbots;
pub mod conversations;
pub mod crawl;
pub mod helpbot;
pub mod inbox;
pub mod integrations;
pub mod knowledge;
pub mod leads;
pub mod projects;
pub mod same_for_all_dialects;
pub mod sources;
pub mod stream;
pub mod table;
pub mod uploads;
pub mod webhooks;
