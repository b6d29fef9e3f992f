//! The context of an HTTP function.

use std::{sync::Arc, time::Duration};

use app::{App, access::usage::Rate};
use domain::Result;
use runtime::{
    Aws, Env,
    config::{AccessConfig, LimitsConfig, LocalConfig},
};

/// What every HTTP function has. One that needs more has a context of its own with this in it.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// The use cases.
    pub app: App,
    /// Origins, beside the platform's own, whose pages may write with a session cookie.
    pub origins: Arc<[String]>,
    /// Whether responses say what they consumed: in the local run.
    pub shows_units: bool,
    /// How often one address may call with the keys of one chatbot that are in its pages; `None`
    /// for no limit.
    pub visitor_rate: Option<Rate>,
}

impl Ctx {
    /// From settings, with an open connection to the table.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let app = aws.app(env)?;
        // The first request must not pay for the connection. If the table can't be reached now,
        // that request says so.
        if let Err(error) = app.store.warm_up().await {
            tracing::warn!(%error, "the table could not be reached at start-up");
        }
        let origins = AccessConfig::read(env)?.allowed_origins.into();
        let visitor_rate = LimitsConfig::read(env)?.visitor_rate.map(|max| Rate {
            what: "visit",
            max,
            window: Duration::from_secs(60),
            refusal: "too many requests from this address; try again in a minute",
        });
        Ok(Self { app, origins, shows_units: LocalConfig::read(env).is_local, visitor_rate })
    }
}
