use axum::{
    Json,
    extract::State,
    http::header::CACHE_CONTROL,
    response::{IntoResponse, Response},
};
use colloquy_http::{Problem, VisitorKey};
use dialects::{colloquy::widget::WidgetConfigOut, openbat::Openbat};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

pub const CONFIG: &str = "/api/v1/widget/config";

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_widget_config))
}

/// Get what a widget shows
///
/// helpbot's configuration, for any key that may be in a page, with questions to begin with: those of
/// the chatbot's setting `suggestedQuestions`, or of its newest pairs. The call counts against no
/// plan.
#[utoipa::path(get, path = "/api/v1/widget/config", tag = "widget",
    security(("botplotPublic" = []), ("helpbot" = []), ("helpbotQuery" = [])),
    responses((status = 200, body = WidgetConfigOut)))]
async fn get_widget_config(
    State(ctx): State<Ctx>,
    key: VisitorKey,
) -> Result<Response, Problem<Openbat>> {
    let (widget, suggested) = ctx.app.widget_with_suggestions(&key.principal, key.chatbot).await?;
    let body = Json(WidgetConfigOut::new(widget, suggested));
    Ok(([(CACHE_CONTROL, "private, max-age=60")], body).into_response())
}
