use app::chat::explain::{ExplainedOutcome, ExplainedPassage, Explanation};
use axum::{Json, extract::State};
use colloquy_http::{Body, Problem, SecretKey};
use dialects::{
    botplot::Botplot,
    colloquy::ask::{AskIn, AskOut, AskedPassageOut, CorrectionOut},
};
use domain::bounds;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(ask))
}

/// Ask and see
///
/// Ours. What a question finds, with scores and thresholds, and what it leads to. Nothing is stored
/// and no AI backend is asked.
#[utoipa::path(post, path = "/api/v1/knowledge/ask", tag = "botplot",
    security(("botplotSecret" = [])),
    request_body = AskIn,
    responses((status = 200, body = AskOut)))]
async fn ask(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    Body(AskIn { question }, _): Body<Botplot, AskIn>,
) -> Result<Json<AskOut>, Problem<Botplot>> {
    let question = bounds::required("question", question)?;
    let question = bounds::text("question", &question, bounds::MESSAGE)?;
    Ok(Json(out(ctx.chat.explain(&key.principal, &question).await?)))
}

fn out(from: Explanation) -> AskOut {
    let correction = |(asked, searched)| CorrectionOut { asked, searched };
    AskOut {
        answer: from.answer,
        outcome: match from.outcome {
            ExplainedOutcome::SmallTalk => "small_talk",
            ExplainedOutcome::Pair => "pair",
            ExplainedOutcome::Passages => "passages",
            ExplainedOutcome::Near => "near",
            ExplainedOutcome::Refused => "refused",
        },
        confidence: from.confidence,
        threshold: from.threshold,
        near_threshold: from.near_threshold,
        searched: from.searched,
        corrections: from.corrections.into_iter().map(correction).collect(),
        offers: from.offers,
        passages: from.passages.into_iter().map(passage).collect(),
        asks_backends: from.asks_backends,
    }
}

fn passage(from: ExplainedPassage) -> AskedPassageOut {
    let ExplainedPassage { citation, content, score, is_used } = from;
    AskedPassageOut {
        source_id: citation.source_id.to_string(),
        citation: citation.into(),
        content,
        score,
        used: is_used,
    }
}
