use app::usage::Usage;
use axum::{Json, Router, extract::State, routing::get};
use colloquy_http::{Conferbot, Problem, WorkspaceKey};
use dialects::conferbot::{DataOut, UsageOut};

use crate::Ctx;

pub fn routes() -> Router<Ctx> {
    Router::new().route("/api/v1/external/v1/usage", get(get_usage))
}

async fn get_usage(
    State(ctx): State<Ctx>,
    key: WorkspaceKey<Conferbot>,
) -> Result<Json<DataOut<UsageOut>>, Problem<Conferbot>> {
    let Usage { month, plan, used, limit } =
        ctx.http.core.conferbot_usage(key.0.workspace_id).await?;
    Ok(Json(DataOut { data: UsageOut::new(month, plan, used, limit) }))
}
