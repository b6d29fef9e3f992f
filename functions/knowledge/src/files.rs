//! File sources of helpbot's sites.

use app::uploads::NewFile;
use axum::{Json, extract::State};
use colloquy_http::{Form, Helpbot, Part, Problem, Room, SiteForm};
use dialects::helpbot::{AddedSourceOut, FileIn};
use domain::{Error, ErrorKind, Feature, Result, source::MAX_FILE_BYTES};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

/// The file, with some room for the rest of the form.
pub const ROOM: Room = Room { path: "/api/v1/sources/file", bytes: MAX_FILE_BYTES + 64 * 1024 };
/// The part that has the file.
const FILE: &str = "file";

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(add_file))
}

/// Upload a file as a FAQ source
///
/// Ours. Creates a source with status `pending`; list the sources to see when it becomes
/// `indexed`. Requires the business plan (Scale).
#[utoipa::path(post, path = "/api/v1/sources/file", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    request_body(content = FileIn, content_type = "multipart/form-data", encoding(
        ("file" = (content_type = "text/plain, text/markdown, text/html, application/pdf")))),
    responses((status = 200, body = AddedSourceOut)))]
async fn add_file(
    State(ctx): State<Ctx>,
    key: SiteForm,
) -> Result<Json<AddedSourceOut>, Problem<Helpbot>> {
    ctx.http.core.require(&key.principal, Feature::HelpbotSources)?;
    let Part { name: _, file_name, content_type, bytes } = file_in(key.form?)?;
    let new = NewFile::new(file_name.as_deref(), content_type.as_deref(), bytes.into())?;
    let workspace = key.principal.workspace_id;
    let source = ctx.http.core.add_file(workspace, key.chatbot, new, &ctx.files).await?;
    Ok(Json(source.into()))
}

fn file_in(form: Form) -> Result<Part> {
    let Form::Parts(parts) = form else {
        let message = "the body must be multipart/form-data with the part file";
        return Err(Error::new(ErrorKind::Malformed, message));
    };
    let mut files = parts.into_iter().filter(|part| part.name == FILE);
    match (files.next(), files.next()) {
        (Some(file), None) => Ok(file),
        (None, _) => Err(Error::field(FILE, "is required")),
        (Some(_), Some(_)) => Err(Error::field(FILE, "must be one part")),
    }
}
