//! Weights as they lie in a file: in 32 bits, or in 8 with a scale for each row.

use std::collections::HashMap;

use candle_core::{DType, Device, Result, Tensor, bail, safetensors};

/// The byte that zero is.
const ZERO: f64 = 128.0;
/// What the name of a matrix's scales ends with.
const SCALE: &str = ".scale";

/// The weights of a `safetensors` file by name, in 32 bits. A matrix in bytes is multiplied by its scales, row by row.
pub fn read(file: &[u8]) -> Result<HashMap<String, Tensor>> {
    let mut all = safetensors::load_buffer(file, &Device::Cpu)?;
    let scaled = all.keys().filter_map(|name| name.strip_suffix(SCALE)).map(str::to_owned);
    for name in scaled.collect::<Vec<_>>() {
        let (Some(scale), Some(bytes)) = (all.remove(&format!("{name}{SCALE}")), all.get(&name))
        else {
            bail!("{name} has a scale and no bytes");
        };
        let steps = (bytes.to_dtype(DType::F32)? - ZERO)?;
        let whole = steps.broadcast_mul(&scale.unsqueeze(1)?)?;
        all.insert(name, whole);
    }
    if let Some((name, _)) = all.iter().find(|(_, tensor)| tensor.dtype() == DType::U8) {
        bail!("{name} is in bytes and has no scale");
    }
    Ok(all)
}
