//! Sealing tenants' secrets: AES-256-GCM under the deployment's master key, bound to what the
//! secret belongs to. What is sealed names its key, so that a key can be replaced.

use std::sync::Arc;

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use domain::{Error, Result};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::adapters::{
    key_ring::{FIRST, KeyRing},
    random,
};

const NONCE_BYTES: usize = 12;

/// Seals and opens. The keys never leave it.
#[derive(Clone)]
pub struct Sealer {
    /// All keys, the one that seals first.
    keys: Arc<[SealingKey]>,
}

struct SealingKey {
    id: String,
    cipher: Aes256Gcm,
    key: [u8; 32],
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// Under the keys that `master` gives, the text of a [`KeyRing`]: the SHA-256 of the text of each.
    pub fn new(master: &str) -> Result<Self> {
        let ring = KeyRing::parse(master)?;
        let mut keys: Vec<SealingKey> = ring
            .keys()
            .map(|(id, text)| {
                let key: [u8; 32] = Sha256::digest(text.as_bytes()).into();
                SealingKey { id: id.to_owned(), cipher: Aes256Gcm::new(&key.into()), key }
            })
            .collect();
        keys.sort_by_key(|key| key.id != ring.current());
        Ok(Self { keys: keys.into() })
    }

    /// The key that seals.
    fn current(&self) -> Result<&SealingKey> {
        self.keys.first().ok_or_else(|| Error::internal("there is no master key"))
    }

    /// Seals `secret`, which only opens again for the same `owner`.
    pub fn seal(&self, owner: &str, secret: &str) -> Result<String> {
        let nonce = random::bytes::<NONCE_BYTES>()?;
        let payload = Payload { msg: secret.as_bytes(), aad: owner.as_bytes() };
        let key = self.current()?;
        let sealed = key
            .cipher
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| Error::internal("sealing failed"))?;
        let sealed = STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat());
        Ok(match key.id == FIRST {
            true => sealed,
            false => format!("{}:{sealed}", key.id),
        })
    }

    /// The HMAC-SHA256 of `text` under a key that the master key gives for `purpose` alone.
    pub fn mac(&self, purpose: &str, text: &str) -> Result<[u8; 32]> {
        Ok(self.current()?.keyed(purpose, text)?.finalize().into_bytes().into())
    }

    /// Whether `shown`, of sixteen bytes or more, begins what [`Self::mac`] gives or gave under a key
    /// before, in a time that doesn't tell where they differ.
    pub fn is_mac(&self, purpose: &str, text: &str, shown: &[u8]) -> Result<bool> {
        let mut is_one = false;
        for key in &*self.keys {
            let mac = key.keyed(purpose, text)?;
            is_one |= shown.len() >= 16 && mac.verify_truncated_left(shown).is_ok();
        }
        Ok(is_one)
    }

    /// Opens what was sealed for `owner`.
    pub fn open(&self, owner: &str, sealed: &str) -> Result<String> {
        let broken = || Error::internal("a sealed secret can't be opened");
        let (id, sealed) = sealed.split_once(':').unwrap_or((FIRST, sealed));
        let key = self.keys.iter().find(|key| key.id == id);
        let key = key.ok_or_else(|| Error::internal("a secret was sealed under an unknown key"))?;
        let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| broken())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or_else(broken)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| broken())?;
        let payload = Payload { msg: sealed, aad: owner.as_bytes() };
        let open = key.cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| broken())?;
        String::from_utf8(open).map_err(|_| broken())
    }
}

impl SealingKey {
    fn keyed(&self, purpose: &str, text: &str) -> Result<Hmac<Sha256>> {
        let begin = |key: &[u8]| Hmac::<Sha256>::new_from_slice(key).map_err(Error::internal);
        let mut of_purpose = begin(&self.key)?;
        of_purpose.update(purpose.as_bytes());
        let mut mac = begin(&of_purpose.finalize().into_bytes())?;
        mac.update(text.as_bytes());
        Ok(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_was_added_seals_once_it_is_activated_and_those_before_still_open() {
        let first = "k".repeat(64);
        let before = Sealer::new(&first).unwrap();
        let (old, token) = (before.seal("a", "one").unwrap(), before.mac("p", "text").unwrap());
        let mut ring = KeyRing::parse(&first).unwrap();
        let id = ring.add().unwrap();
        let added = Sealer::new(&ring.to_text().unwrap()).unwrap();
        // Processes that have not read the key yet open what those seal that have.
        assert_eq!(before.open("a", &added.seal("a", "two").unwrap()).unwrap(), "two");
        ring.activate(&id).unwrap();
        let active = Sealer::new(&ring.to_text().unwrap()).unwrap();
        let new = active.seal("a", "three").unwrap();
        assert!(new.starts_with("1:"), "what is sealed names its key");
        assert_eq!(added.open("a", &new).unwrap(), "three");
        assert!(before.open("a", &new).is_err());
        assert_eq!(active.open("a", &old).unwrap(), "one");
        assert!(active.is_mac("p", "text", &token).unwrap(), "tokens stay good");
        assert_ne!(active.mac("p", "text").unwrap(), token);
        assert_eq!(ring.add().unwrap(), "2");
        assert!(ring.activate("9").is_err());
        for wrong in [r#"{"current":"1","keys":{}}"#, r#"{"current":"0","keys":{"0":"short"}}"#] {
            assert!(KeyRing::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_code_is_of_its_text_purpose_and_key() {
        let sealer = Sealer::new(&"k".repeat(64)).unwrap();
        let mac = sealer.mac("a", "text").unwrap();
        let is = |purpose, text, shown: &[u8]| sealer.is_mac(purpose, text, shown).unwrap();
        assert!(is("a", "text", &mac) && is("a", "text", &mac[..16]));
        assert!(!is("a", "texts", &mac) && !is("b", "text", &mac));
        assert!(
            !is("a", "text", &mac[..15]) && !is("a", "text", &[]) && !is("a", "text", &mac[1..])
        );
        let other = Sealer::new(&"j".repeat(64)).unwrap();
        assert!(!other.is_mac("a", "text", &mac).unwrap());
    }

    #[test]
    fn only_the_same_key_and_owner_open() {
        let sealer = Sealer::new(&"k".repeat(64)).unwrap();
        let sealed = sealer.seal("hook-1", "whsec_abc").unwrap();
        assert_ne!(sealed, sealer.seal("hook-1", "whsec_abc").unwrap(), "never the same twice");
        assert_eq!(sealer.open("hook-1", &sealed).unwrap(), "whsec_abc");
        assert!(sealer.open("hook-2", &sealed).is_err());
        assert!(Sealer::new(&"j".repeat(64)).unwrap().open("hook-1", &sealed).is_err());
        assert!(sealer.open("hook-1", "").is_err() && sealer.open("hook-1", "??").is_err());
        assert!(Sealer::new("short").is_err());
    }
}
