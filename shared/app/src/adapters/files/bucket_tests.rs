use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use axum::{
    Router,
    body::Bytes,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::SourceId;
use tokio::net::TcpListener;

use super::*;
use crate::adapters::files::Files;

fn file() -> FileKey {
    FileKey {
        chatbot: "0197a000-0000-7000-8000-000000000001".parse().unwrap(),
        source: "0197a000-0000-7000-8000-000000000002".parse().unwrap(),
    }
}

const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
const OBJECT: &str =
    "/bucket/0197a000-0000-7000-8000-000000000001/0197a000-0000-7000-8000-000000000002";

type Notes = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// Files in an S3 that answers each request as `answer` says, and what it was asked.
async fn answering(
    answer: impl Fn(&str) -> Response + Clone + Send + Sync + 'static,
) -> (Files, Notes) {
    let notes = Notes::default();
    let noted = notes.clone();
    let serve = move |request: Request| {
        let (noted, answer) = (noted.clone(), answer.clone());
        async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 2 * MAX_FILE_BYTES).await.unwrap();
            let query = parts.uri.query().unwrap_or_default();
            let asked = format!("{} {}", parts.method, parts.uri.path());
            let listed =
                if query.contains("list-type=2") { format!("?{query}") } else { String::new() };
            let copied = parts.headers.get("x-amz-copy-source").map(|from| from.to_str().unwrap());
            let copied = copied.map(|from| format!(" of /{from}")).unwrap_or_default();
            let asked = format!("{asked}{listed}{copied}");
            assert!(query.contains("X-Amz-Signature="), "{asked} is signed");
            noted.lock().unwrap().push((asked.clone(), body.to_vec()));
            answer(&asked)
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(serve)).await });
    (Files::bucket(config(&url)).unwrap(), notes)
}

fn config(url: &str) -> BucketConfig {
    BucketConfig {
        name: "bucket".to_owned(),
        region: "eu-central-1".to_owned(),
        endpoint: Some(url.parse().unwrap()),
        credentials: SharedCredentialsProvider::new(Credentials::new(
            "local", "local", None, None, "local",
        )),
        connect: Duration::from_secs(10),
        attempt: Duration::from_secs(20),
        operation: Duration::from_secs(60),
    }
}

fn asked(notes: &Notes) -> Vec<String> {
    notes.lock().unwrap().drain(..).map(|(asked, _)| asked).collect()
}

fn xml(status: StatusCode, body: String) -> Response {
    (status, [("content-type", "application/xml")], body).into_response()
}

fn error(status: StatusCode, code: &str) -> Response {
    xml(status, format!("<Error><Code>{code}</Code><Message>no</Message></Error>"))
}

#[tokio::test]
async fn s3_is_asked_for_the_file_s_own_object_and_nothing_else() {
    let (files, notes) = answering(|asked| match asked.split(' ').next() {
        Some("GET") => Bytes::from_static(b"# One\n").into_response(),
        Some("DELETE") => StatusCode::NO_CONTENT.into_response(),
        _ if asked.contains(" of ") => {
            let etag = "<ETag>\"1\"</ETag>";
            xml(StatusCode::OK, format!("<CopyObjectResult>{etag}</CopyObjectResult>"))
        }
        _ => StatusCode::OK.into_response(),
    })
    .await;
    files.put(file(), b"# One\n".to_vec()).await.unwrap();
    assert_eq!(*notes.lock().unwrap(), [(format!("PUT {OBJECT}"), b"# One\n".to_vec())]);
    notes.lock().unwrap().clear();
    assert_eq!(files.get(file()).await.unwrap().as_deref(), Some(&b"# One\n"[..]));
    let other = FileKey { source: SourceId::new(), ..file() };
    assert!(files.copy(file(), other).await.unwrap());
    files.remove(file()).await.unwrap();
    let copied = OBJECT.replace(&file().source.to_string(), &other.source.to_string());
    let get = format!("GET {OBJECT}");
    let copy = format!("PUT {copied} of {OBJECT}");
    let expected = [get, copy, format!("DELETE {OBJECT}")];
    assert_eq!(asked(&notes), expected);
}

#[tokio::test]
async fn what_is_not_there_is_none_and_every_other_failure_is_told() {
    let (files, notes) = answering(|_| error(StatusCode::NOT_FOUND, "NoSuchKey")).await;
    assert_eq!(files.get(file()).await.unwrap(), None);
    assert!(!files.copy(file(), file()).await.unwrap());
    assert_eq!(asked(&notes).len(), 2);

    for (status, code) in [
        (StatusCode::FORBIDDEN, "AccessDenied"),
        (StatusCode::NOT_FOUND, "NoSuchBucket"),
        (StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
    ] {
        let (files, _) = answering(move |_| error(status, code)).await;
        let (put, got) = (files.put(file(), vec![1]).await, files.get(file()).await.map(drop));
        let copied = files.copy(file(), file()).await.map(drop);
        let removed = (files.remove(file()).await, files.remove_all(file().chatbot).await);
        for failed in [put, got, copied, removed.0, removed.1] {
            let failed = failed.unwrap_err();
            assert_eq!(failed.kind, domain::ErrorKind::Internal);
            assert!(failed.to_string().contains(code), "{failed}");
            assert!(!failed.message.contains(code), "clients are not told");
        }
    }
}

/// S3 answers 200 to a copy before it has copied.
#[tokio::test]
async fn a_copy_that_fails_after_it_has_begun_is_no_copy() {
    for (code, outcome) in [("NoSuchKey", Some(false)), ("AccessDenied", None)] {
        let (files, _) = answering(move |_| error(StatusCode::OK, code)).await;
        assert_eq!(files.copy(file(), file()).await.ok(), outcome, "{code}");
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_three_times_and_the_rest_once() {
    for (status, code, tries) in [
        (StatusCode::INTERNAL_SERVER_ERROR, "InternalError", 3),
        (StatusCode::SERVICE_UNAVAILABLE, "SlowDown", 3),
        (StatusCode::BAD_REQUEST, "RequestTimeout", 3),
        (StatusCode::BAD_REQUEST, "InvalidRequest", 1),
        (StatusCode::FORBIDDEN, "AccessDenied", 1),
    ] {
        let (files, notes) = answering(move |_| error(status, code)).await;
        assert!(files.put(file(), b"# One\n".to_vec()).await.is_err());
        let expected = (format!("PUT {OBJECT}"), b"# One\n".to_vec());
        assert_eq!(*notes.lock().unwrap(), vec![expected; tries], "{code}");
    }
    let failures = Arc::new(Mutex::new(2));
    let (files, notes) = answering(move |_| {
        let mut left = failures.lock().unwrap();
        if *left == 0 {
            return Bytes::from_static(b"# One\n").into_response();
        }
        *left -= 1;
        error(StatusCode::SERVICE_UNAVAILABLE, "SlowDown")
    })
    .await;
    assert_eq!(files.get(file()).await.unwrap().as_deref(), Some(&b"# One\n"[..]));
    assert_eq!(asked(&notes).len(), 3);
}

#[tokio::test]
async fn an_s3_that_is_silent_times_out_and_no_error_has_the_signed_address() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for (address, reason) in [(silent.local_addr().unwrap(), "in time"), (closed, "")] {
        let mut config = config(&format!("http://{address}"));
        config.attempt = Duration::from_millis(50);
        let failed = Files::bucket(config).unwrap().get(file()).await.unwrap_err().to_string();
        assert!(failed.contains(reason) && !failed.contains("Signature"), "{failed}");
    }
}

#[tokio::test]
async fn a_bucket_is_a_host_of_its_own_unless_its_name_has_dots() {
    let address = async |name: &str, region: &str| {
        let config = BucketConfig {
            name: name.to_owned(),
            region: region.to_owned(),
            endpoint: None,
            ..config("http://127.0.0.1:1")
        };
        let files = Files::bucket(config).unwrap();
        let address = files.address(file(), 1, Duration::from_secs(60)).await.unwrap().unwrap();
        address.split_once("/0197a000").unwrap().0.to_owned()
    };
    let (frankfurt, beijing) = ("eu-central-1", "cn-north-1");
    assert_eq!(address("a-b", frankfurt).await, "https://a-b.s3.eu-central-1.amazonaws.com");
    assert_eq!(address("a.b", frankfurt).await, "https://s3.eu-central-1.amazonaws.com/a.b");
    assert_eq!(address("a-b", beijing).await, "https://a-b.s3.cn-north-1.amazonaws.com.cn");
}

#[tokio::test]
async fn an_address_takes_one_size_for_a_while() {
    let (files, notes) = answering(|_| StatusCode::OK.into_response()).await;
    let time = Duration::from_secs(900);
    let address = files.address(file(), 1_234, time).await.unwrap().unwrap();
    let (at, query) = address.split_once('?').unwrap();
    assert!(at.starts_with("http://127.0.0.1:") && at.ends_with(OBJECT), "{at}");
    let said = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name));
    assert_eq!(said("X-Amz-Expires="), Some("900"));
    assert_eq!(said("X-Amz-SignedHeaders="), Some("content-length%3Bhost"));
    let other = files.address(file(), 1_235, time).await.unwrap().unwrap();
    let signature = |address: &str| address.split_once("Signature=").unwrap().1.to_owned();
    assert_ne!(signature(&address), signature(&other));
    assert!(!query.contains("checksum"), "nothing that a client would have to know: {query}");
    assert_eq!(asked(&notes), Vec::<String>::new(), "no request is sent");
    let folder = Files::folder("/nowhere");
    assert_eq!(folder.address(file(), 1, time).await.unwrap(), None);
}

#[tokio::test]
async fn an_object_larger_than_any_file_is_not_read() {
    let large = Bytes::from(vec![0; MAX_FILE_BYTES + 1]);
    let (files, _) = answering(move |_| large.clone().into_response()).await;
    assert!(files.get(file()).await.unwrap_err().to_string().contains("10485761 bytes"));
}

#[tokio::test]
async fn all_of_a_chatbot_is_removed_page_by_page() {
    let chatbot = file().chatbot.to_string();
    let listed = chatbot.clone();
    let rounds = Arc::new(Mutex::new(0));
    let (files, notes) = answering(move |asked| {
        if asked.starts_with("DELETE") {
            return StatusCode::NO_CONTENT.into_response();
        }
        let mut rounds = rounds.lock().unwrap();
        *rounds += 1;
        let names = if *rounds == 1 { 1..=1_000 } else { 1_001..=1_003 };
        let more = *rounds == 1;
        let rows: String =
            names.map(|n| format!("<Contents><Key>{listed}/{n}</Key></Contents>")).collect();
        let token = match more {
            true => {
                "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
            }
            false => "<IsTruncated>false</IsTruncated>",
        };
        let list =
            format!("<ListBucketResult xmlns=\"{NAMESPACE}\">{token}{rows}</ListBucketResult>");
        xml(StatusCode::OK, list)
    })
    .await;
    files.remove_all(file().chatbot).await.unwrap();
    let asked = asked(&notes);
    let (lists, mut removed): (Vec<_>, Vec<_>) =
        asked.into_iter().partition(|asked| asked.starts_with("GET"));
    assert_eq!(lists.len(), 2);
    let prefix = format!("prefix={chatbot}%2F");
    assert!(lists.iter().all(|list| list.contains(&prefix)), "{lists:?}");
    removed.sort();
    let mut expected: Vec<String> =
        (1..=1_003).map(|n| format!("DELETE /bucket/{chatbot}/{n}")).collect();
    expected.sort();
    assert_eq!(removed, expected);
}
