//! Forms with a file (`multipart/form-data`), and routes that take larger bodies than the others.

use std::convert::Infallible;

use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, FromRef, FromRequest, MatchedPath, Request, State},
    http::header::CONTENT_TYPE,
    middleware::Next,
    response::Response,
};
use dialects::helpbot::Helpbot;
use domain::{ChatbotId, Dialect, Error, ErrorKind, KeyKind, Principal, Result};
use futures::stream;
use multer::Multipart;

use crate::{
    Ctx, Problem,
    auth::{Shown, key_in_body, key_in_head, principal},
    body::{MAX_BYTES, read_body},
    file_name,
};

/// The maximum number of parts of a form.
const MAX_PARTS: usize = 16;
/// The part that carries the key, as a JSON body's field of that name does.
const KEY: &str = "apiKey";

/// Routes that take larger bodies than the others.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit {
    /// Their paths as they are declared.
    pub paths: &'static [&'static str],
    /// The maximum size of a body in bytes.
    pub bytes: usize,
}

/// Raises the limit on bodies of the routes that `limit` names.
pub(crate) async fn set_body_limit(
    State(limit): State<BodyLimit>,
    mut request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    if route.is_some_and(|route| limit.paths.contains(&route.as_str())) {
        DefaultBodyLimit::max(limit.bytes).apply(&mut request);
        request.extensions_mut().insert(limit);
    }
    next.run(request).await
}

/// The largest body that `request` may have.
pub(crate) fn max_bytes(extensions: &axum::http::Extensions) -> usize {
    extensions.get::<BodyLimit>().map_or(MAX_BYTES, |limit| limit.bytes)
}

/// A part of a form.
#[derive(Debug, Clone)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// The file's name, if it is a file.
    pub file_name: Option<String>,
    /// Its media type, as sent.
    pub content_type: Option<String>,
    /// What is in it.
    pub bytes: Bytes,
}

/// A body that is a form, or something else that was sent in its place.
#[derive(Debug, Clone)]
pub enum Form {
    /// The parts of a form.
    Parts(Vec<Part>),
    /// A body of another type.
    Other(Bytes),
}

/// A helpbot site's key, wherever the request carries it (Bearer, `?apiKey=`, `apiKey` as a part
/// or in a JSON body), with the form.
pub struct SiteForm {
    /// Who calls.
    pub principal: Principal,
    /// The site the key is for.
    pub chatbot: ChatbotId,
    /// The key, as it was shown.
    pub secret: String,
    /// The form, unless it is none or too large; that comes after what the plan says.
    pub form: Result<Form>,
}

impl<S> FromRequest<S> for SiteForm
where
    S: Send + Sync,
    Ctx: FromRef<S>,
{
    type Rejection = Problem<Helpbot>;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem<Helpbot>> {
        let ctx = Ctx::from_ref(state);
        let (parts, rest) = request.into_parts();
        let shown = Shown::of(&parts);
        let owner = shown.owner(&ctx, Dialect::Helpbot, KeyKind::Site).await?;
        let request = Request::from_parts(parts, rest);
        let known = key_in_head(request.headers(), request.uri());
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let extensions = request.extensions().clone();
        let form = match read_body(request, state).await {
            Ok(body) => read_form(&content_type, body).await,
            Err(error) => Err(error),
        };
        let secret = known.or_else(|| form.as_ref().ok().and_then(key)).unwrap_or_default();
        let principal = match owner {
            Some(owner) => owner,
            None => principal(&extensions, &ctx.app, Some(&secret)).await?,
        };
        let chatbot = principal.site()?;
        Ok(Self { principal, chatbot, secret, form })
    }
}

fn key(form: &Form) -> Option<String> {
    match form {
        Form::Parts(parts) => {
            let part = parts.iter().find(|part| part.name == KEY)?;
            String::from_utf8(part.bytes.to_vec()).ok()
        }
        Form::Other(body) => key_in_body(body),
    }
}

/// Reads a body that is a form by its type; one of another type stays as it is.
pub async fn read_form(content_type: &str, body: Bytes) -> Result<Form> {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("multipart/form-data") {
        return Ok(Form::Other(body));
    }
    let broken = |error: multer::Error| {
        let message = format!("the body is not a valid form: {error}");
        Error::new(ErrorKind::Malformed, message)
    };
    let boundary = multer::parse_boundary(content_type).map_err(broken)?;
    let whole = stream::iter([Ok::<_, Infallible>(body)]);
    let mut form = Multipart::new(whole, boundary);
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if parts.len() == MAX_PARTS {
            let message = format!("the form must have at most {MAX_PARTS} parts");
            return Err(Error::new(ErrorKind::Malformed, message));
        }
        let content_type = field.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
        parts.push(Part {
            name: field.name().unwrap_or_default().to_owned(),
            file_name: file_name::extended(field.headers())
                .or_else(|| field.file_name().map(str::to_owned)),
            content_type: content_type.map(str::to_owned),
            bytes: field.bytes().await.map_err(broken)?,
        });
    }
    Ok(Form::Parts(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=x";

    async fn parts(content_type: &str, body: &str) -> Result<Vec<Part>> {
        match read_form(content_type, Bytes::copy_from_slice(body.as_bytes())).await? {
            Form::Parts(parts) => Ok(parts),
            Form::Other(body) => panic!("{body:?}"),
        }
    }

    #[tokio::test]
    async fn a_form_is_its_parts_in_order() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"apiKey\"\r\n\r\nwk_live_1\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"gr\u{f6}\u{df}e.md\"\
                    \r\nContent-Type: text/markdown\r\n\r\n# One\r\n\r\n--x--\r\n";
        let found = parts(TYPE, body).await.unwrap();
        assert_eq!(key(&Form::Parts(found.clone())).as_deref(), Some("wk_live_1"));
        let file = &found[1];
        assert_eq!((file.name.as_str(), file.file_name.as_deref()), ("file", Some("größe.md")));
        assert_eq!(file.content_type.as_deref(), Some("text/markdown"));
        assert_eq!(&file.bytes[..], b"# One\r\n");
    }

    #[tokio::test]
    async fn what_is_no_form_is_refused() {
        let part = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
        for (content_type, body) in [
            ("multipart/form-data", "--x--"),
            (TYPE, ""),
            (TYPE, "{}"),
            (TYPE, part),
            (TYPE, &format!("{}--x--", part.repeat(MAX_PARTS + 1))),
        ] {
            let error = parts(content_type, body).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Malformed, "{body}");
        }
        let most = format!("{}--x--", part.repeat(MAX_PARTS));
        assert_eq!(parts(TYPE, &most).await.unwrap().len(), MAX_PARTS);
    }
}
