//! Routes that no reference documents: a page before it is a source, with botplot's key; files as sources of helpbot's sites, in a form or announced
//! and sent later; and answers to unanswered questions, with botplot's key.

use app::knowledge::{
    preview::preview,
    sources::NewUrlSource,
    uploads::{AnnouncedFile, NewFile, PendingUpload},
};
use axum::{
    Json,
    extract::State,
    http::{
        HeaderMap, StatusCode,
        header::{AUTHORIZATION, HOST},
    },
};
use colloquy_http::{
    Body, BodyLimit, Form, Params, Part, PathParams, Problem, SecretKey, SiteForm, SiteKey,
};
use dialects::{
    botplot::Botplot,
    colloquy::knowledge::{
        AnsweredGroupOut, FileIn, FileLaterIn, FileSourceOut, GroupAnswerIn, GroupOut, PreviewIn,
        PreviewOut, UnansweredOut, UploadOut,
    },
    helpbot::Helpbot,
};
use domain::{
    Error, Feature, Result, Source, bounds,
    page::{MAX_ROWS, ROWS},
    source::MAX_FILE_BYTES,
    unanswered::{DAYS, DAYS_BOUNDS},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

/// The file, with an allowance for the rest of the form.
pub const BODY_LIMIT: BodyLimit = BodyLimit {
    paths: &["/api/v1/sources/file", "/api/v1/sources/file/{id}"],
    bytes: MAX_FILE_BYTES + 64 * 1024,
};
/// The part that has the file.
const FILE: &str = "file";
/// Days have up to a hundred questions each.
const MAX_OFFSET: u32 = 10_000;

type Reply<D, T> = Result<T, Problem<D>>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(preview_page))
        .routes(routes!(list_unanswered))
        .routes(routes!(answer_unanswered))
        .routes(routes!(add_file))
        .routes(routes!(replace_file, send_file))
}

/// See what would be read of a page
///
/// Ours. Reads the page as a crawl would, robots.txt included, and keeps nothing: its passages, or the
/// reason why it can't be read.
#[utoipa::path(post, path = "/api/v1/knowledge/preview", tag = "botplot",
    security(("botplotSecret" = [])),
    request_body = PreviewIn,
    responses((status = 200, body = PreviewOut)))]
async fn preview_page(
    State(ctx): State<Ctx>,
    _: SecretKey<Botplot>,
    Body(PreviewIn { url }, _): Body<Botplot, PreviewIn>,
) -> Reply<Botplot, Json<PreviewOut>> {
    let NewUrlSource { url, sync: _ } = NewUrlSource::new(url.as_deref(), None, ctx.policy)?;
    Ok(Json(preview(&ctx.fetcher, &url).await?.into()))
}

/// Upload a file as a FAQ source
///
/// Ours. In a form, the source has its file and status `pending`; list the sources to see when it
/// becomes `indexed`. As JSON, the file is only announced, and the answer says how to send it within
/// a quarter of an hour: for files that are too large for a form. Requires the business plan
/// (Scale).
#[utoipa::path(post, path = "/api/v1/sources/file", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    request_body(content(
        (FileIn = "multipart/form-data", encoding(
            ("file" = (content_type = "text/plain, text/markdown, text/html, application/pdf")))),
        (FileLaterIn = "application/json"))),
    responses((status = 200, body = FileSourceOut)))]
async fn add_file(
    State(ctx): State<Ctx>,
    headers: HeaderMap,
    key: SiteForm,
) -> Reply<Helpbot, Json<FileSourceOut>> {
    ctx.app.require(&key.principal, Feature::SiteSources)?;
    let (app, files, workspace) = (&ctx.app, &ctx.files, key.principal.workspace_id);
    match key.form? {
        Form::Parts(parts) => {
            let Part { name: _, file_name, content_type, bytes } = file_in(parts)?;
            let new = NewFile::new(file_name.as_deref(), content_type.as_deref(), bytes.into())?;
            let source = app.add_file(workspace, key.chatbot, new, files).await?;
            Ok(Json(FileSourceOut::added(source)))
        }
        Form::Other(body) => {
            let FileLaterIn { name, kind, size, api_key: _ } = colloquy_http::parse(&body)?;
            let new = AnnouncedFile::new(name.as_deref(), kind.as_deref(), size)?;
            let (source, awaited) = app.announce_file(workspace, key.chatbot, new, files).await?;
            let upload = upload(&source, awaited, &headers, &key.secret);
            Ok(Json(FileSourceOut::awaited(source, upload)))
        }
    }
}

/// Replace the file of a FAQ source
///
/// Ours. In a form, as it is uploaded. The source stays, with its id, and has the name of the new
/// file; answers are drawn from the old one until the new one is read, and further on if that can't be
/// read. Requires the business plan (Scale).
#[utoipa::path(post, path = "/api/v1/sources/file/{id}", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    params(("id" = String, Path, format = "uuid", description = "The source")),
    request_body(content((FileIn = "multipart/form-data", encoding(
        ("file" = (content_type = "text/plain, text/markdown, text/html, application/pdf")))))),
    responses((status = 200, body = FileSourceOut)))]
async fn replace_file(
    State(ctx): State<Ctx>,
    PathParams(id, _): PathParams<Helpbot, String>,
    key: SiteForm,
) -> Reply<Helpbot, Json<FileSourceOut>> {
    ctx.app.require(&key.principal, Feature::SiteSources)?;
    let Form::Parts(parts) = key.form? else {
        return Err(Error::field(FILE, "is required").into());
    };
    let Part { name: _, file_name, content_type, bytes } = file_in(parts)?;
    let new = NewFile::new(file_name.as_deref(), content_type.as_deref(), bytes.into())?;
    let source = ctx.app.replace_file(key.chatbot, id.parse()?, new, &ctx.files).await?;
    Ok(Json(FileSourceOut::replaced(source)))
}

/// Send a file that was announced
///
/// Ours, of the local run alone: elsewhere the address that was given leads to S3. The body is the
/// file and nothing else.
#[utoipa::path(put, path = "/api/v1/sources/file/{id}", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    params(("id" = String, Path, format = "uuid", description = "The source")),
    request_body(content = String, content_type = "application/octet-stream",
        example = "# Returns"),
    responses((status = 204, description = "The file is there and will be read")))]
async fn send_file(
    State(ctx): State<Ctx>,
    PathParams(id, _): PathParams<Helpbot, String>,
    key: SiteKey,
) -> Reply<Helpbot, StatusCode> {
    ctx.app.require(&key.principal, Feature::SiteSources)?;
    ctx.app.receive_file(key.chatbot, id.parse()?, key.body.into(), &ctx.files).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Without an address of its own the file comes to us, with the key that announced it.
fn upload(source: &Source, awaited: PendingUpload, headers: &HeaderMap, secret: &str) -> UploadOut {
    let PendingUpload { address, until } = awaited;
    let Some(url) = address else {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        let url = format!("http://{host}/api/v1/sources/file/{}", source.id);
        // A session's cookie is sent along by the browser and told to no page.
        let key = (AUTHORIZATION.as_str(), format!("Bearer {secret}"));
        let headers = if secret.is_empty() { Vec::new() } else { vec![key] };
        return UploadOut::new(url, headers, until);
    };
    UploadOut::new(url, Vec::new(), until)
}

fn file_in(parts: Vec<Part>) -> Result<Part> {
    let mut files = parts.into_iter().filter(|part| part.name == FILE);
    match (files.next(), files.next()) {
        (Some(file), None) => Ok(file),
        (None, _) => Err(Error::field(FILE, "is required")),
        (Some(_), Some(_)) => Err(Error::field(FILE, "must be one part")),
    }
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
    key: SecretKey<Botplot>,
    Params(params, _): Params<Botplot, ListParams>,
) -> Reply<Botplot, Json<UnansweredOut>> {
    let ListParams { days, limit, offset } = params;
    let days = bounds::number("days", days.as_deref(), DAYS, DAYS_BOUNDS)?;
    let limit = bounds::number("limit", limit.as_deref(), ROWS, (1, MAX_ROWS))?;
    let offset = bounds::number("offset", offset.as_deref(), 0, (0, MAX_OFFSET))?;
    let (page, total) = ctx.app.unanswered(key.chatbot, days, offset, limit).await?;
    Ok(Json(UnansweredOut { groups: page.into_iter().map(GroupOut::from).collect(), total }))
}

/// Answer unanswered questions
///
/// Adds a Q&A pair for a whole group. The same answer again is the same pair; another one is
/// 409 until visitors ask again on a later day. Deleting the pair takes the answer back.
#[utoipa::path(post, path = "/api/v1/knowledge/unanswered/{groupId}/answer", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("groupId" = String, Path, format = "uuid", description = "The group")),
    request_body = GroupAnswerIn,
    responses((status = 200, body = AnsweredGroupOut)))]
async fn answer_unanswered(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    PathParams(id, _): PathParams<Botplot, String>,
    Body(body, _): Body<Botplot, GroupAnswerIn>,
) -> Reply<Botplot, Json<AnsweredGroupOut>> {
    let answer = body.try_into()?;
    let workspace = key.principal.workspace_id;
    let source = ctx.app.answer_unanswered(workspace, key.chatbot, id.parse()?, &answer).await?;
    Ok(Json(AnsweredGroupOut { source_id: source.to_string(), status: "ready" }))
}
