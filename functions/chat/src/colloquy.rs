use app::chat::explain::{ExplainedOutcome, ExplainedPassage, Explanation};
use axum::{Json, extract::State};
use colloquy_http::{Body, Problem, SecretKey};
use dialects::{
    botplot::Botplot,
    colloquy::{
        ask::{AskIn, AskOut, AskedPassageOut, CorrectionOut},
        knowledge::{SearchIn, SearchOut},
    },
};
use domain::{bounds, search::SearchQuestion};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(ask)).routes(routes!(search_knowledge))
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

/// See why a question is answered as it is
///
/// Ours. The entries that a search looks at for a question, pairs among them, with what was seen of each
/// by words, characters and meaning, and what a visitor would read. Nothing is stored and no AI
/// backend is asked.
#[utoipa::path(post, path = "/api/v1/knowledge/search", tag = "botplot",
    security(("botplotSecret" = [])),
    request_body = SearchIn,
    responses((status = 200, body = SearchOut)))]
async fn search_knowledge(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    Body(body, _): Body<Botplot, SearchIn>,
) -> Result<Json<SearchOut>, Problem<Botplot>> {
    let asked = SearchQuestion::try_from(body)?;
    let report = ctx.chat.search_report(key.principal.workspace_id, key.chatbot, &asked).await?;
    Ok(Json(report.into()))
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
