//! Learning from unanswered questions; with botplot's key, in no reference.

use axum::{Json, extract::State};
use colloquy_http::{Body, Botplot, Params, Problem, SecretKey, Segments};
use dialects::botplot::unanswered::{AnsweredGroupOut, GroupAnswerIn, GroupOut, UnansweredOut};
use domain::{
    bounds,
    page::{MOST_ROWS, ROWS},
    unanswered::{DAYS, DAYS_BOUNDS},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Botplot>>;
type Key = SecretKey<Botplot>;

/// Days have up to a hundred questions each.
const MOST_OFFSET: u32 = 10_000;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_unanswered)).routes(routes!(answer_unanswered))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// How many days back, today included.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 90, default = 30)]
    days: Option<String>,
    /// How many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// How many to skip.
    #[param(value_type = Option<u32>, maximum = 10000, default = 0)]
    offset: Option<String>,
}

/// List unanswered questions
///
/// Those that nothing relevant was found for, grouped by what they ask, most asked first. What was
/// asked until its group was answered is not listed any more.
#[utoipa::path(get, path = "/api/v1/knowledge/unanswered", tag = "botplot",
    security(("botplotSecret" = [])),
    params(ListParams),
    responses((status = 200, body = UnansweredOut)))]
async fn list_unanswered(
    State(ctx): State<Ctx>,
    key: Key,
    Params(params, _): Params<Botplot, ListParams>,
) -> Reply<UnansweredOut> {
    let ListParams { days, limit, offset } = params;
    let days = bounds::number("days", days.as_deref(), DAYS, DAYS_BOUNDS)?;
    let limit = bounds::number("limit", limit.as_deref(), ROWS, (1, MOST_ROWS))?;
    let offset = bounds::number("offset", offset.as_deref(), 0, (0, MOST_OFFSET))?;
    let (page, total) = ctx.http.core.unanswered(key.chatbot, days, offset, limit).await?;
    Ok(Json(UnansweredOut { groups: page.into_iter().map(GroupOut::from).collect(), total }))
}

/// Answer unanswered questions
///
/// Adds a Q&A pair for a whole group. The same answer once more is the same pair; another one is
/// 409 until visitors ask again on a later day. Deleting the pair takes the answer back.
#[utoipa::path(post, path = "/api/v1/knowledge/unanswered/{groupId}/answer", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("groupId" = String, Path, format = "uuid", description = "The group")),
    request_body = GroupAnswerIn,
    responses((status = 200, body = AnsweredGroupOut)))]
async fn answer_unanswered(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<Botplot, String>,
    Body(body, _): Body<Botplot, GroupAnswerIn>,
) -> Reply<AnsweredGroupOut> {
    let answer = body.try_into()?;
    let workspace = key.principal.workspace_id;
    let source =
        ctx.http.core.answer_unanswered(workspace, key.chatbot, id.parse()?, &answer).await?;
    Ok(Json(AnsweredGroupOut { source_id: source.to_string(), status: "ready" }))
}
