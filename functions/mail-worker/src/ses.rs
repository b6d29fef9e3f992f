//! E-mails through Amazon SES.

use app::mail::message::{Email, Mailer};
use aws_sdk_sesv2::{
    Client,
    error::{BuildError, DisplayErrorContext},
    types::{Body, Content, Destination, EmailContent, Message},
};
use domain::{Error, Result};
use futures::{FutureExt, future::BoxFuture};
use runtime::SdkConfig;

/// SES, and the address that its e-mails come from.
#[derive(Debug)]
pub struct Ses {
    client: Client,
    from: Option<String>,
}

impl Ses {
    /// SES as `config` finds it.
    pub fn new(config: &SdkConfig, from: Option<&str>) -> Self {
        Self { client: Client::new(config), from: from.map(str::to_owned) }
    }

    async fn post(&self, email: &Email) -> Result<()> {
        // A job without a sender fails, so that it waits in the dead-letter queue for one.
        let Some(from) = &self.from else {
            return Err(Error::internal("MAIL_FROM is not set: set MailFrom, redrive the queue"));
        };
        let Email { id: _, at: _, to, reply_to, subject, text } = email;
        let message = Message::builder()
            .subject(utf8(subject).map_err(Error::internal)?)
            .body(Body::builder().text(utf8(text).map_err(Error::internal)?).build());
        let request = self
            .client
            .send_email()
            .from_email_address(from)
            .destination(Destination::builder().to_addresses(to).build())
            .set_reply_to_addresses(reply_to.as_ref().map(|address| vec![address.clone()]))
            .content(EmailContent::builder().simple(message.build()).build());
        // On the heap, since the client's futures nest too deep for the compiler.
        let sent = request.send().boxed();
        sent.await.map_err(|e| Error::internal(DisplayErrorContext(e).to_string()))?;
        Ok(())
    }
}

impl Mailer for Ses {
    fn send<'a>(&'a self, email: &'a Email) -> BoxFuture<'a, Result<()>> {
        self.post(email).boxed()
    }
}

fn utf8(text: &str) -> std::result::Result<Content, BuildError> {
    Content::builder().data(text).charset("UTF-8").build()
}

#[cfg(test)]
mod tests {
    use aws_sdk_sesv2::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
    use axum::{Json, Router, http::Uri};
    use domain::Timestamp;
    use serde_json::{Value, json};
    use tokio::{net::TcpListener, sync::mpsc};

    use super::*;

    fn email(reply_to: Option<&str>) -> Email {
        Email {
            id: "0197a000-0000-5000-8000-000000000001".parse().unwrap(),
            at: Timestamp::from_millis(0),
            to: "ada@example.com".into(),
            reply_to: reply_to.map(str::to_owned),
            subject: "Größe 😀".into(),
            text: "Eins\nZwei\n".into(),
        }
    }

    /// A config for an SES that notes what it is asked, and those notes.
    async fn listening() -> (SdkConfig, mpsc::UnboundedReceiver<(Uri, Value)>) {
        let (notes, noted) = mpsc::unbounded_channel();
        let answer = move |uri: Uri, body: String| {
            notes.send((uri, serde_json::from_str(&body).unwrap())).unwrap();
            async { Json(json!({"MessageId": "1"})) }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        let credentials = Credentials::new("local", "local", None, None, "local");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(url);
        (config.build(), noted)
    }

    #[tokio::test]
    async fn ses_is_given_the_email_and_nothing_else() {
        let (config, mut noted) = listening().await;
        let ses = Ses::new(&config, Some("bot@example.com"));
        let utf8 = |text: &str| json!({"Data": text, "Charset": "UTF-8"});
        for reply_to in [Some("eve@shop.example"), None] {
            ses.send(&email(reply_to)).await.unwrap();
            let (uri, body) = noted.recv().await.unwrap();
            assert_eq!(uri.path(), "/v2/email/outbound-emails");
            let mut expected = json!({
                "FromEmailAddress": "bot@example.com",
                "Destination": {"ToAddresses": ["ada@example.com"]},
                "Content": {"Simple": {
                    "Subject": utf8("Größe 😀"), "Body": {"Text": utf8("Eins\nZwei\n")},
                }},
            });
            if let Some(address) = reply_to {
                expected["ReplyToAddresses"] = json!([address]);
            }
            assert_eq!(body, expected);
        }
    }

    #[tokio::test]
    async fn without_a_sender_nothing_is_sent_and_the_job_fails() {
        let (config, mut noted) = listening().await;
        let error = Ses::new(&config, None).send(&email(None)).await.unwrap_err();
        assert!(error.to_string().contains("MailFrom"), "{error}");
        assert!(noted.try_recv().is_err());
    }
}
