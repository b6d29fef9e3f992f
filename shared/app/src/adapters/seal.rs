//! Sealing tenants' secrets: AES-256-GCM under the deployment's master key, bound to what the
//! secret belongs to.

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use domain::{Error, Result};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::adapters::random;

const NONCE_BYTES: usize = 12;

/// Seals and opens. The key never leaves it.
#[derive(Clone)]
pub struct Sealer {
    cipher: Aes256Gcm,
    key: [u8; 32],
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// Under the key that `master` gives: the SHA-256 of its text.
    pub fn new(master: &str) -> Result<Self> {
        if master.len() < 32 {
            return Err(Error::internal("the master key has fewer than 32 characters"));
        }
        let key: [u8; 32] = Sha256::digest(master.as_bytes()).into();
        Ok(Self { cipher: Aes256Gcm::new(&key.into()), key })
    }

    /// Seals `secret`, which only opens again for the same `owner`.
    pub fn seal(&self, owner: &str, secret: &str) -> Result<String> {
        let nonce = random::bytes::<NONCE_BYTES>()?;
        let payload = Payload { msg: secret.as_bytes(), aad: owner.as_bytes() };
        let sealed = self
            .cipher
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| Error::internal("sealing failed"))?;
        Ok(STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// The HMAC-SHA256 of `text` under a key that the master key gives for `purpose` alone.
    pub fn mac(&self, purpose: &str, text: &str) -> Result<[u8; 32]> {
        Ok(self.keyed(purpose, text)?.finalize().into_bytes().into())
    }

    /// Whether `shown`, of sixteen bytes or more, begins what [`Self::mac`] gives, in a time that
    /// doesn't tell where they differ.
    pub fn is_mac(&self, purpose: &str, text: &str, shown: &[u8]) -> Result<bool> {
        let mac = self.keyed(purpose, text)?;
        Ok(shown.len() >= 16 && mac.verify_truncated_left(shown).is_ok())
    }

    fn keyed(&self, purpose: &str, text: &str) -> Result<Hmac<Sha256>> {
        let begin = |key: &[u8]| Hmac::<Sha256>::new_from_slice(key).map_err(Error::internal);
        let mut of_purpose = begin(&self.key)?;
        of_purpose.update(purpose.as_bytes());
        let mut mac = begin(&of_purpose.finalize().into_bytes())?;
        mac.update(text.as_bytes());
        Ok(mac)
    }

    /// Opens what was sealed for `owner`.
    pub fn open(&self, owner: &str, sealed: &str) -> Result<String> {
        let broken = || Error::internal("a sealed secret can't be opened");
        let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| broken())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or_else(broken)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| broken())?;
        let payload = Payload { msg: sealed, aad: owner.as_bytes() };
        let open = self.cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| broken())?;
        String::from_utf8(open).map_err(|_| broken())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
