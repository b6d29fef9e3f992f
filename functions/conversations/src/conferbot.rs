use axum::{Json, Router, extract::State, routing::get};
use colloquy_http::{Conferbot, Ctx, Params, Problem, Segments, WorkspaceKey};
use dialects::conferbot::{DataOut, ResponseOut, ResponsesOut};
use domain::bounds;
use serde::Deserialize;

type Reply<T> = Result<Json<T>, Problem<Conferbot>>;
type Key = WorkspaceKey<Conferbot>;

/// The last page that can be asked for.
const MOST_PAGES: u32 = 1_000_000;

pub fn routes() -> Router<Ctx> {
    const RESPONSES: &str = "/api/v1/external/v1/chatbots/{id}/responses";
    Router::new()
        .route(RESPONSES, get(list_responses))
        .route(&format!("{RESPONSES}/{{responseId}}"), get(get_response))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListParams {
    page: Option<String>,
    limit: Option<String>,
    start_date: Option<String>,
    end_date: Option<String>,
}

async fn list_responses(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<Conferbot, String>,
    Params(params, _): Params<Conferbot, ListParams>,
) -> Reply<ResponsesOut> {
    let page = bounds::number("page", params.page.as_deref(), 1, (1, MOST_PAGES))?;
    let limit = bounds::number("limit", params.limit.as_deref(), 20, (1, 100))?;
    let days = bounds::days(
        ("startDate", params.start_date.as_deref()),
        ("endDate", params.end_date.as_deref()),
    )?;
    let (workspace, offset) = (key.0.workspace_id, (page - 1) * limit);
    let (found, total) =
        ctx.core.whole_conversations(workspace, id.parse()?, days, offset, limit).await?;
    Ok(Json(ResponsesOut::new(found, total, page, limit)))
}

async fn get_response(
    State(ctx): State<Ctx>,
    key: Key,
    Segments((id, response), _): Segments<Conferbot, (String, String)>,
) -> Reply<DataOut<ResponseOut>> {
    let (id, response) = (id.parse()?, response.parse()?);
    let (conversation, turns) = ctx.core.conversation_in(key.0.workspace_id, id, response).await?;
    Ok(Json(DataOut { data: ResponseOut::new(conversation, turns) }))
}
