//! Random bytes for keys, tokens and secrets, from the operating system.

use domain::{Error, Result};

/// `N` random bytes.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal(e.to_string()))?;
    Ok(bytes)
}

/// `digits` random hex digits in lower case; `digits` is even and at most 64.
pub fn hex_digits(digits: usize) -> Result<String> {
    let all = hex::encode(bytes::<32>()?);
    Ok(all[..digits.min(64)].to_owned())
}

/// A number from 0 to 1.
pub fn fraction() -> f64 {
    bytes::<4>().map_or(0.5, |b| f64::from(u32::from_le_bytes(b)) / f64::from(u32::MAX))
}
