use app::conversations::questions::QuestionQuery;
use axum::{Json, http::Uri};
use colloquy_http::{Ctx, Problem};
use dialects::helpbot::{Helpbot, conversations::ConversationsOut};
use domain::{Feature, ListPage, Order, Period, Principal, QuestionFilter, bounds};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct ListParams {
    range: Option<String>,
    limit: Option<String>,
    page: Option<String>,
    filter: Option<String>,
    search: Option<String>,
    #[serde(rename = "sessionId")]
    session_id: Option<String>,
    sort: Option<String>,
}

/// The route is botplot's too.
pub async fn list_conversations(
    ctx: Ctx,
    principal: Principal,
    uri: &Uri,
) -> Result<Json<ConversationsOut>, Problem<Helpbot>> {
    let chatbot = principal.site()?;
    ctx.app.require(&principal, Feature::SiteInsights)?;
    let params: ListParams = colloquy_http::query(uri)?;
    let page = ListPage::new(("page", params.page.as_deref()), ("limit", params.limit.as_deref()))?;
    let search = params.search.map(|text| bounds::text("search", &text, bounds::SEARCH));
    let session = params.session_id.map(|id| bounds::text("sessionId", &id, bounds::CLIENT_ID));
    let wanted = QuestionQuery {
        period: Period::any("range", params.range.as_deref())?,
        filter: QuestionFilter::named("filter", params.filter.as_deref())?,
        search: search.transpose()?.filter(|text| !text.is_empty()),
        session: session.transpose()?,
        order: Order::named("sort", params.sort.as_deref())?,
    };
    let (rows, total) = ctx.app.questions(chatbot, &wanted, page).await?;
    Ok(Json(ConversationsOut::new(rows, total, page)))
}
