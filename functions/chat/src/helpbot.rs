use axum::Json;
use colloquy_http::{Helpbot, Problem};
use dialects::helpbot::{ChatIn, ChatOut};
use domain::{Dialect, Error, Principal, conversation::Ask};

use crate::{Ctx, begin};

pub async fn chat(
    ctx: Ctx,
    principal: Principal,
    body: &[u8],
) -> Result<Json<ChatOut>, Problem<Helpbot>> {
    let ask = Ask::try_from(colloquy_http::parse::<ChatIn>(body)?)?;
    let turn = begin(ctx, principal, Dialect::Helpbot, ask, None).await;
    Ok(Json(turn.map_err(Error::internal)??.into()))
}
