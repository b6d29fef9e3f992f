use axum::{Json, extract::State};
use colloquy_http::{Ctx, Params, PathParams, Problem, WorkspaceKey};
use dialects::conferbot::{
    Conferbot, DataOut,
    conversations::{ResponseOut, ResponsesOut},
};
use domain::bounds;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

type Reply<T> = Result<Json<T>, Problem<Conferbot>>;
type Key = WorkspaceKey<Conferbot>;

/// The last page that can be requested.
const MAX_PAGES: u32 = 1_000_000;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_responses)).routes(routes!(get_response))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListParams {
    page: Option<String>,
    limit: Option<String>,
    start_date: Option<String>,
    end_date: Option<String>,
}

/// List responses
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/external/v1/chatbots/{id}/responses", tag = "conferbot",
    security(("conferbot" = [])),
    params(
        ("id" = String, Path, description = "Chatbot ID"),
        ("page" = Option<u32>, Query, minimum = 1, maximum = 1_000_000,
            description = "Page number (default: 1)"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100,
            description = "Items per page (default: 20)"),
        ("startDate" = Option<String>, Query, format = Date, description = "From this UTC day on"),
        ("endDate" = Option<String>, Query, format = Date,
            description = "Up to this UTC day and with it")),
    responses((status = 200, body = ResponsesOut)))]
async fn list_responses(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<Conferbot, String>,
    Params(params, _): Params<Conferbot, ListParams>,
) -> Reply<ResponsesOut> {
    let page = bounds::number("page", params.page.as_deref(), 1, (1, MAX_PAGES))?;
    let limit = bounds::number("limit", params.limit.as_deref(), 20, (1, 100))?;
    let days = bounds::days(
        ("startDate", params.start_date.as_deref()),
        ("endDate", params.end_date.as_deref()),
    )?;
    let (workspace, offset) = (key.0.workspace_id, (page - 1) * limit);
    let (found, total) =
        ctx.app.whole_conversations(workspace, id.parse()?, days, offset, limit).await?;
    let found = found.into_iter().map(|one| (one.conversation, one.said, one.answers)).collect();
    Ok(Json(ResponsesOut::new(found, total, page, limit)))
}

/// Get a response
///
/// With all that was said.
#[utoipa::path(get, path = "/api/v1/external/v1/chatbots/{id}/responses/{responseId}", tag = "conferbot",
    security(("conferbot" = [])),
    params(
        ("id" = String, Path, description = "Chatbot ID"),
        ("responseId" = String, Path, description = "Response ID")),
    responses((status = 200, body = DataOut<ResponseOut>)))]
async fn get_response(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams((id, response), _): PathParams<Conferbot, (String, String)>,
) -> Reply<DataOut<ResponseOut>> {
    let (id, response) = (id.parse()?, response.parse()?);
    let found = ctx.app.whole_conversation(key.0.workspace_id, id, response).await?;
    Ok(Json(DataOut { data: ResponseOut::new(found.conversation, found.said, found.answers) }))
}
