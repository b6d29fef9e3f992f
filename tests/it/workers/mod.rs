//! Behaviour of the workers that belongs to no single route: crawling, keeping files, delivering.

mod agent_loops_bounds;
mod agent_loops_crashes;
mod agent_loops_fairness;
mod agent_loops_injection;
mod agent_loops_mcp;
mod agent_loops_schedules;
mod channels;
mod channels_discord;
mod channels_meta;
mod channels_replies;
mod channels_slack;
mod channels_storm;
mod copies;
mod crawl_again;
mod crawl_end;
mod crawl_politely;
mod crawl_retry;
mod crawl_site;
mod crawl_ways;
mod deliver_botplot;
mod deliver_chatbotplatform;
mod deliver_conferbot;
mod deliver_helpbot;
mod deliver_to_queue;
mod upload_file_kept;
