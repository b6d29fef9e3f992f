use axum::{Json, extract::State};
use colloquy_http::{PageKey, Problem, SiteKey, parse};
use dialects::helpbot::{
    Helpbot,
    chatbots::{ConfigOut, ConfigPatch, UpdatedConfigOut},
};
use domain::{Error, ErrorKind};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Helpbot>>;

pub const CONFIG: &str = "/api/v1/config";

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_config, update_config))
}

/// Get widget configuration
///
/// The full display configuration of a widget: colors, labels, position, bot name, and all
/// customisable text strings.
#[utoipa::path(get, path = "/api/v1/config", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    responses((status = 200, body = ConfigOut)))]
async fn get_config(State(ctx): State<Ctx>, key: PageKey) -> Reply<ConfigOut> {
    Ok(Json(ctx.app.widget(&key.principal, key.chatbot).await?.into()))
}

/// Update widget configuration
///
/// Only send the fields you want to change, at least one. Setting `showBranding` to false requires
/// the business plan (Scale).
#[utoipa::path(patch, path = "/api/v1/config", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    request_body = ConfigPatch,
    responses((status = 200, body = UpdatedConfigOut)))]
async fn update_config(State(ctx): State<Ctx>, key: SiteKey) -> Reply<UpdatedConfigOut> {
    let patch = parse::<ConfigPatch>(&key.body)?;
    let names = patch.names();
    if names.is_empty() {
        return Err(Error::new(ErrorKind::Validation, "no valid fields to update").into());
    }
    let fields = patch.try_into()?;
    let widget = ctx.app.update_widget(&key.principal, key.chatbot, fields).await?;
    Ok(Json(UpdatedConfigOut::new(names, widget)))
}
