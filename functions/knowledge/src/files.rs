//! File sources of helpbot's sites: in a form, or announced and sent later.

use app::knowledge::uploads::{AnnouncedFile, Awaited, NewFile};
use axum::{
    Json,
    extract::State,
    http::{
        HeaderMap, StatusCode,
        header::{AUTHORIZATION, HOST},
    },
};
use colloquy_http::{Form, Helpbot, Part, Problem, Room, Segments, SiteForm, SiteKey};
use dialects::helpbot::{FileIn, FileLaterIn, FileSourceOut, UploadOut};
use domain::{Error, Feature, Result, Source, source::MAX_FILE_BYTES};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

/// The file, with some room for the rest of the form.
pub const ROOM: Room = Room {
    paths: &["/api/v1/sources/file", "/api/v1/sources/file/{id}"],
    bytes: MAX_FILE_BYTES + 64 * 1024,
};
/// The part that has the file.
const FILE: &str = "file";

type Reply<T> = Result<T, Problem<Helpbot>>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(add_file)).routes(routes!(send_file))
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
) -> Reply<Json<FileSourceOut>> {
    ctx.http.core.require(&key.principal, Feature::HelpbotSources)?;
    let (core, files, workspace) = (&ctx.http.core, &ctx.files, key.principal.workspace_id);
    match key.form? {
        Form::Parts(parts) => {
            let Part { name: _, file_name, content_type, bytes } = file_in(parts)?;
            let new = NewFile::new(file_name.as_deref(), content_type.as_deref(), bytes.into())?;
            let source = core.add_file(workspace, key.chatbot, new, files).await?;
            Ok(Json(FileSourceOut::added(source)))
        }
        Form::Other(body) => {
            let FileLaterIn { name, kind, size, api_key: _ } = colloquy_http::parse(&body)?;
            let new = AnnouncedFile::new(name.as_deref(), kind.as_deref(), size)?;
            let (source, awaited) = core.announce_file(workspace, key.chatbot, new, files).await?;
            let upload = upload(&source, awaited, &headers, &key.secret);
            Ok(Json(FileSourceOut::awaited(source, upload)))
        }
    }
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
    Segments(id, _): Segments<Helpbot, String>,
    key: SiteKey,
) -> Reply<StatusCode> {
    ctx.http.core.require(&key.principal, Feature::HelpbotSources)?;
    ctx.http.core.take_file(key.chatbot, id.parse()?, key.body.into(), &ctx.files).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Without an address of its own the file comes to us, with the key that announced it.
fn upload(source: &Source, awaited: Awaited, headers: &HeaderMap, secret: &str) -> UploadOut {
    let Awaited { address, until } = awaited;
    let Some(url) = address else {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        let url = format!("http://{host}/api/v1/sources/file/{}", source.id);
        let key = (AUTHORIZATION.as_str(), format!("Bearer {secret}"));
        return UploadOut::new(url, vec![key], until);
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
