use axum::{Json, Router, extract::State, routing::get};
use colloquy_http::{Helpbot, Problem, SiteKey, parse};
use dialects::helpbot::config::{ConfigOut, ConfigPatch, UpdatedConfigOut};
use domain::{Error, ErrorKind};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Helpbot>>;

pub const CONFIG: &str = "/api/v1/config";

pub fn routes() -> Router<Ctx> {
    Router::new().route(CONFIG, get(get_config).patch(update_config))
}

async fn get_config(State(ctx): State<Ctx>, key: SiteKey) -> Reply<ConfigOut> {
    Ok(Json(ctx.http.core.widget(&key.principal, key.chatbot).await?.into()))
}

async fn update_config(State(ctx): State<Ctx>, key: SiteKey) -> Reply<UpdatedConfigOut> {
    let patch = parse::<ConfigPatch>(&key.body)?;
    let names = patch.names();
    if names.is_empty() {
        return Err(Error::new(ErrorKind::Validation, "no valid fields to update").into());
    }
    let fields = patch.try_into()?;
    let widget = ctx.http.core.update_widget(&key.principal, key.chatbot, fields).await?;
    Ok(Json(UpdatedConfigOut::new(names, widget)))
}
