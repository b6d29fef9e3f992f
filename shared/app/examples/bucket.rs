//! What the platform does with a bucket, once, against an S3 at an address:
//!
//! ```text
//! cargo run -p app --features s3 --example bucket -- http://127.0.0.1:9000 BUCKET KEY SECRET TOKEN
//! ```
//!
//! It fails with what S3 answered, or at the first thing that is not as it should be.

use std::{env, time::Duration};

use app::adapters::files::{BucketConfig, FileKey, Files};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use domain::{ChatbotId, SourceId};

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [endpoint, name, key, secret, token] = &arguments[..] else {
        return Err("ENDPOINT BUCKET KEY SECRET TOKEN".into());
    };
    let credentials = Credentials::new(key, secret, Some(token.clone()), None, "arguments");
    let files = Files::bucket(BucketConfig {
        name: name.clone(),
        region: "eu-central-1".to_owned(),
        endpoint: Some(endpoint.parse()?),
        credentials: SharedCredentialsProvider::new(credentials),
        connect: Duration::from_secs(5),
        attempt: Duration::from_secs(20),
        operation: Duration::from_secs(45),
    })?;
    let file = FileKey { chatbot: ChatbotId::new(), source: SourceId::new() };
    let other = FileKey { source: SourceId::new(), ..file };
    let elsewhere = FileKey { chatbot: ChatbotId::new(), ..file };

    expect("a file that is not there", files.get(file).await?.is_none())?;
    expect("a copy of a file that is not there", !files.copy(file, other).await?)?;
    let bytes: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).take(3_000_000).collect();
    for (key, bytes) in [(file, &bytes[..]), (other, b""), (elsewhere, b"# Elsewhere\n")] {
        files.put(key, bytes.to_vec()).await?;
        expect("a file as it was put", files.get(key).await?.as_deref() == Some(bytes))?;
    }
    expect("a copy", files.copy(file, other).await?)?;
    expect("a file as it was copied", files.get(other).await?.as_ref() == Some(&bytes))?;

    let address = files.address(file, 8, Duration::from_secs(60)).await?.ok_or("no address")?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let longer = http.put(&address).body("# Nine!!\n").send().await?.status();
    expect("a file of another size is refused", longer == reqwest::StatusCode::FORBIDDEN)?;
    let sent = http.put(&address).body("# Eight\n").send().await?.status();
    expect("a file of the size that is signed", sent.is_success())?;
    expect("a file as it was sent", files.get(file).await?.as_deref() == Some(b"# Eight\n"))?;

    files.remove(other).await?;
    files.remove(other).await?;
    expect("a file that was removed", files.get(other).await?.is_none())?;
    files.remove_all(file.chatbot).await?;
    expect("all of a chatbot removed", files.get(file).await?.is_none())?;
    expect("another chatbot's file", files.get(elsewhere).await?.is_some())
}

fn expect(what: &str, is_so: bool) -> Result<(), Failure> {
    if is_so { Ok(()) } else { Err(format!("not as expected: {what}").into()) }
}
