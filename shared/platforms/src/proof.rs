//! Comparing what proves a request, in constant time.

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    hmac,
    signature::{ED25519, UnparsedPublicKey},
};

/// Whether two secrets are the same; how long it takes says nothing but their lengths.
pub(crate) fn is_same(given: &str, expected: &str) -> bool {
    verify_slices_are_equal(given.as_bytes(), expected.as_bytes()).is_ok()
}

/// Whether `given` is the HMAC-SHA256 of `parts` in sequence, as hex.
pub(crate) fn is_hmac(given: &str, secret: &str, parts: &[&[u8]]) -> bool {
    let Some(given) = bytes::<32>(given) else { return false };
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    parts.iter().for_each(|part| context.update(part));
    verify_slices_are_equal(context.sign().as_ref(), &given).is_ok()
}

/// Whether `given` is the Ed25519 signature of `message` by the owner of `key`, both as hex.
pub(crate) fn is_signed(given: &str, key: &str, message: &[u8]) -> bool {
    let (Some(given), Some(key)) = (bytes::<64>(given), bytes::<32>(key)) else { return false };
    UnparsedPublicKey::new(&ED25519, key).verify(message, &given).is_ok()
}

/// Exactly `N` bytes from their hex digits, in any case.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}
