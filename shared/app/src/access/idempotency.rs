//! Writes that a client may repeat: the same `Idempotency-Key` and the same request return the
//! first answer for a day.

use domain::{Error, ErrorKind, Result};
pub use store::ClaimToken;
use store::{Claim, KeptAnswer, keys::sha256};

use crate::{Core, adapters::seal::Sealer};

/// The longest key that is taken.
const LONGEST_KEY: usize = 255;
/// The largest body that is kept: an item has 400 KB, and sealing adds a third.
const MOST_BODY: usize = 256 * 1024;

/// A request that is to be carried out once. An answer may hold a secret that is shown once, so
/// it is kept sealed under the caller's own secret: the table alone can't open it.
pub struct Once {
    caller: String,
    name: String,
    request: String,
    sealer: Sealer,
}

/// An answer that was kept.
#[derive(Debug)]
pub struct FirstAnswer {
    /// Status code.
    pub status: u16,
    /// Its content type.
    pub content_type: String,
    /// Its body.
    pub body: String,
}

/// What is to be done with a request.
#[derive(Debug)]
pub enum Begin {
    /// Carry it out, then keep its answer.
    CarryOut(ClaimToken),
    /// Answer this.
    Repeat(FirstAnswer),
}

impl Once {
    /// The request (`method`, `target` with its query, `body`) that a caller who shows `secret`
    /// makes under `key`.
    pub fn new(secret: &str, key: &str, method: &str, target: &str, body: &[u8]) -> Result<Self> {
        let printable = key.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if key.is_empty() || key.len() > LONGEST_KEY || !printable {
            let message = format!("must have 1 to {LONGEST_KEY} printable ASCII characters");
            return Err(Error::field("Idempotency-Key", message));
        }
        let body = String::from_utf8_lossy(body);
        Ok(Self {
            caller: sha256(secret),
            name: sha256(key),
            request: sha256(&format!("{method}\n{target}\n{body}")),
            sealer: Sealer::new(&sha256(&format!("idempotency\n{secret}\n{key}")))?,
        })
    }
}

impl Core {
    /// Whether anybody is behind `secret`: a key, or a session's token.
    pub async fn knows(&self, secret: &str) -> Result<bool> {
        let known = |result: Result<()>| match result {
            Ok(()) => Ok(true),
            Err(error) if error.kind == ErrorKind::Unauthorized => Ok(false),
            Err(error) => Err(error),
        };
        Ok(known(self.principal(secret).await.map(drop))?
            || known(self.member(secret).await.map(drop))?)
    }

    /// Begins a request, unless it was begun before.
    pub async fn begin_once(&self, once: &Once) -> Result<Begin> {
        let Once { caller, name, request, sealer } = once;
        match self.store.claim(caller, name, request, self.now()).await? {
            Claim::New(claim) => Ok(Begin::CarryOut(claim)),
            Claim::Answered(KeptAnswer { status, content_type, body }) => {
                let body = sealer.open(request, &body)?;
                Ok(Begin::Repeat(FirstAnswer { status, content_type, body }))
            }
            Claim::Running => Err(Error::new(
                ErrorKind::Conflict,
                "a request with this Idempotency-Key is being carried out",
            )
            .retry_after(1)),
            Claim::Another => Err(Error::new(
                ErrorKind::KeyReused,
                "this Idempotency-Key was used for another request",
            )),
        }
    }

    /// Ends a request: a success is kept, anything else may be tried again.
    pub async fn end_once(
        &self,
        once: &Once,
        claim: &ClaimToken,
        answer: &FirstAnswer,
    ) -> Result<()> {
        let FirstAnswer { status, content_type, body } = answer;
        if !(200..300).contains(status) || body.len() > MOST_BODY {
            return self.store.give_up(claim).await;
        }
        let body = once.sealer.seal(&once.request, body)?;
        let kept = KeptAnswer { status: *status, content_type: content_type.clone(), body };
        self.store.keep_answer(claim, &kept).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_printable() {
        let once = |key: &str| Once::new("sk_1", key, "POST", "/", b"{}");
        assert!(once("a").is_ok() && once(&"k".repeat(255)).is_ok());
        for key in ["", "\n", "é", &"k".repeat(256)] {
            assert_eq!(once(key).err().map(|e| e.kind), Some(ErrorKind::Validation), "{key:?}");
        }
    }

    #[test]
    fn callers_and_requests_are_told_apart() {
        let once = |secret: &str, target: &str, body: &[u8]| {
            let once = Once::new(secret, "k", "POST", target, body).unwrap();
            (once.caller, once.request)
        };
        let first = once("sk_1", "/a", b"{}");
        assert_eq!(first, once("sk_1", "/a", b"{}"));
        assert_ne!(first.0, once("sk_2", "/a", b"{}").0);
        assert_ne!(first.1, once("sk_1", "/b", b"{}").1);
        assert_ne!(first.1, once("sk_1", "/a", b"{ }").1);
    }
}
