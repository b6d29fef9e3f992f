//! Bodies, query parameters and path segments, with errors in the route's dialect.

use std::{io::Read, marker::PhantomData};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{HeaderMap, StatusCode, Uri, header::CONTENT_ENCODING, request::Parts},
    response::IntoResponse,
};
use dialects::DialectErrors;
use domain::{Error, ErrorKind, FieldError};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use serde::de::DeserializeOwned;
use serde_json::{error::Category, json};

use crate::{Problem, form::max_bytes, json_text::readable};

/// The largest body that is taken, but where a file may come.
pub(crate) const MAX_BYTES: usize = 1024 * 1024;

/// A JSON object. Any content type is taken, since the references' own examples leave it out.
#[derive(Debug)]
pub struct Body<D, T>(pub T, pub PhantomData<D>);

impl<D: DialectErrors, T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<D, T> {
    type Rejection = Problem<D>;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let bytes = read_body(request, state).await?;
        Ok(Self(parse(&bytes)?, PhantomData))
    }
}

/// A body as it came, within its bound: for what is verified over its bytes.
#[derive(Debug)]
pub struct RawBody<D>(pub Bytes, pub PhantomData<D>);

impl<D: DialectErrors, S: Send + Sync> FromRequest<S> for RawBody<D> {
    type Rejection = Problem<D>;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(read_body(request, state).await?, PhantomData))
    }
}

/// The whole body, within its bound, which holds for what was compressed too.
pub(crate) async fn read_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    let max = max_bytes(request.extensions());
    let packing = Packing::of(request.headers())?;
    let body = Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
            too_large(max)
        } else {
            Error::new(ErrorKind::Malformed, "the body could not be read")
        }
    })?;
    match packing {
        Packing::None => Ok(body),
        Packing::Gzip => unpacked(MultiGzDecoder::new(&*body), max),
        // RFC 9110 means zlib by it; what has no header of that is bare, as some clients send it.
        Packing::Deflate => match unpacked(ZlibDecoder::new(&*body), max) {
            Err(error) if error.kind == ErrorKind::Malformed => {
                unpacked(DeflateDecoder::new(&*body), max)
            }
            unpacked => unpacked,
        },
    }
}

fn too_large(max: usize) -> Error {
    Error::new(ErrorKind::PayloadTooLarge, format!("the body must have at most {max} bytes"))
}

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    None,
    Gzip,
    Deflate,
}

impl Packing {
    /// As the headers say; an error for any other encoding.
    fn of(headers: &HeaderMap) -> Result<Self, Error> {
        let named = headers.get(CONTENT_ENCODING).map(|value| value.to_str().unwrap_or_default());
        match named.map(|name| name.trim().to_ascii_lowercase()).as_deref() {
            None | Some("" | "identity") => Ok(Self::None),
            Some("gzip" | "x-gzip") => Ok(Self::Gzip),
            Some("deflate") => Ok(Self::Deflate),
            Some(_) => Err(Error::new(
                ErrorKind::Malformed,
                "the content encoding must be gzip, deflate or identity",
            )),
        }
    }
}

/// What was compressed, up to `max` bytes.
fn unpacked(packed: impl Read, max: usize) -> Result<Bytes, Error> {
    let mut body = Vec::new();
    let bound = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    packed
        .take(bound)
        .read_to_end(&mut body)
        .map_err(|_| Error::new(ErrorKind::Malformed, "the body is not what its encoding says"))?;
    if body.len() > max { Err(too_large(max)) } else { Ok(body.into()) }
}

/// A body's JSON object as a wire type; the error says where it is broken, or which field.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let text = readable(bytes);
    let bytes = text.as_ref();
    // A list would be taken for a struct's fields in order.
    if !matches!(bytes.trim_ascii_start().first(), Some(b'{')) {
        return Err(match serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
            Err(error) if !bytes.trim_ascii().is_empty() => {
                Error::new(ErrorKind::Malformed, format!("the body is not valid JSON: {error}"))
            }
            _ => Error::new(ErrorKind::Malformed, "the body must be a JSON object"),
        });
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        match inner.classify() {
            Category::Data if path != "." => {
                let message = inner.to_string();
                let message = message.split(" at line ").next().unwrap_or_default().to_owned();
                let fields = vec![FieldError { field: path.clone(), message: message.clone() }];
                Error { fields, ..Error::new(ErrorKind::Validation, format!("{path}: {message}")) }
            }
            Category::Data => Error::new(ErrorKind::Malformed, "the body must be a JSON object"),
            _ => Error::new(ErrorKind::Malformed, format!("the body is not valid JSON: {inner}")),
        }
    })?;
    json.end().map_err(|error| {
        Error::new(ErrorKind::Malformed, format!("the body is not valid JSON: {error}"))
    })?;
    Ok(parsed)
}

/// Query parameters.
#[derive(Debug)]
pub struct Params<D, T>(pub T, pub PhantomData<D>);

impl<D: DialectErrors, T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<D, T> {
    type Rejection = Problem<D>;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(query(&parts.uri)?, PhantomData))
    }
}

/// Query parameters, where the key decides about the dialect.
pub fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Error> {
    let Query(params) = Query::try_from_uri(uri).map_err(|rejection| {
        Error::new(ErrorKind::Validation, rejection.body_text().to_lowercase())
    })?;
    Ok(params)
}

/// Parameters of the path, as text: the domain parses them.
#[derive(Debug)]
pub struct PathParams<D, T>(pub T, pub PhantomData<D>);

impl<D: DialectErrors, T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S>
    for PathParams<D, T>
{
    type Rejection = Problem<D>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        if let Ok(Path(segments)) = Path::from_request_parts(parts, state).await {
            return Ok(Self(segments, PhantomData));
        }
        // PathParams that are no text name nothing, as empty ones do; the domain says what.
        let nothing = [json!(""), json!(["", ""]), json!(["", "", ""])];
        nothing
            .into_iter()
            .find_map(|segments| serde_json::from_value(segments).ok())
            .map(|segments| Self(segments, PhantomData))
            .ok_or_else(|| Error::not_found("resource").into())
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its parsing matters")]
    struct In {
        name: Option<String>,
        events: Option<Vec<String>>,
    }

    #[test]
    fn broken_json_says_where_and_a_wrong_type_says_which_field() {
        let error = |text: &str| parse::<In>(text.as_bytes()).unwrap_err();
        assert_eq!(error("{\"name\": }").kind, ErrorKind::Malformed);
        assert!(error("{\"name\": }").message.contains("line 1 column 10"));
        let wrong = error("{\"events\": [\"a\", 5]}");
        assert_eq!(
            (wrong.kind, wrong.fields[0].field.as_str()),
            (ErrorKind::Validation, "events[1]")
        );
        for text in ["", "  ", "[]", "[\"evil\"]", "7", "\"x\"", "{} {}", "null"] {
            assert_eq!(error(text).kind, ErrorKind::Malformed, "{text}");
        }
        assert!(parse::<In>(b"{\"unknown\": 1}").is_ok());
    }

    #[test]
    fn a_compressed_body_has_the_same_bound() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut packer, &[b'7'; 5_000]).unwrap();
        let packed = packer.finish().unwrap();
        let gunzip = |packed: &[u8], max| unpacked(MultiGzDecoder::new(packed), max);
        assert_eq!(gunzip(&packed, 5_000).unwrap().len(), 5_000);
        assert_eq!(gunzip(&packed, 4_999).unwrap_err().kind, ErrorKind::PayloadTooLarge);
        assert_eq!(gunzip(&packed[..20], 5_000).unwrap_err().kind, ErrorKind::Malformed);
        let of = |value: &'static str| {
            Packing::of(&HeaderMap::from_iter([(CONTENT_ENCODING, value.parse().unwrap())]))
        };
        assert_eq!(of("GZIP").unwrap(), Packing::Gzip);
        assert_eq!(of("deflate").unwrap(), Packing::Deflate);
        assert_eq!(of("identity").unwrap(), Packing::None);
        assert!(of("br").unwrap_err().message.contains("gzip"));
    }

    #[tokio::test]
    async fn deflate_is_read_with_its_header_and_bare() {
        use axum::body::Body as Bytes;
        use flate2::{Compression, write};
        use std::io::Write;
        let mut zlib = write::ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(b"{\"a\": 1}").unwrap();
        let mut bare = write::DeflateEncoder::new(Vec::new(), Compression::default());
        bare.write_all(b"{\"a\": 1}").unwrap();
        for packed in [zlib.finish().unwrap(), bare.finish().unwrap()] {
            let request = Request::builder().header(CONTENT_ENCODING, "deflate");
            let body = read_body(request.body(Bytes::from(packed)).unwrap(), &()).await;
            assert_eq!(&*body.unwrap(), b"{\"a\": 1}");
        }
        let request = Request::builder().header(CONTENT_ENCODING, "deflate");
        let broken = read_body(request.body(Bytes::from("plain text")).unwrap(), &()).await;
        assert_eq!(broken.unwrap_err().kind, ErrorKind::Malformed);
    }
}
