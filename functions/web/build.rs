//! Prepares the static files: each gets a hash in its name and is compressed here, once. They go into
//! an array that `src/lib.rs` includes. How names are hashed: `build/names.rs`; how the widget's
//! modules become one script: `build/widget.rs`.

#[path = "build/names.rs"]
mod names;
#[path = "build/widget.rs"]
mod widget;

use std::{
    env,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// A file as it is served.
pub struct Served {
    /// Path of its URL.
    pub path: String,
    /// `Content-Type`.
    pub media_type: &'static str,
    /// What it holds.
    pub text: String,
}

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=build");
    let assets = Path::new("assets");
    let widget = Served {
        path: "/widget.js".to_owned(),
        media_type: names::JS,
        text: widget::bundle(&assets.join("widget"))?,
    };
    let mut all = vec![widget];
    for folder in ["demo", "console"] {
        all.extend(names::served(&assets.join(folder), folder)?);
    }
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|e| format!("OUT_DIR: {e}"))?);
    let mut array = String::from("&[\n");
    for (number, file) in all.iter().enumerate() {
        let line = write_out(&out, number, file)?;
        writeln!(array, "{line},").map_err(|e| e.to_string())?;
    }
    array.push(']');
    let list = out.join("files.rs");
    fs::write(&list, array).map_err(|e| format!("{}: {e}", list.display()))
}

/// Writes `file` plain and compressed; the expression that includes it.
fn write_out(out: &Path, number: usize, file: &Served) -> Result<String, String> {
    let plain = file.text.as_bytes();
    let mut included = Vec::new();
    for (ending, bytes) in [("txt", plain.to_vec()), ("gz", gzip(plain)?), ("br", brotli(plain)?)] {
        let path = out.join(format!("{number}.{ending}"));
        fs::write(&path, bytes).map_err(|e| format!("{}: {e}", path.display()))?;
        included.push(format!("include_bytes!({path:?})"));
    }
    Ok(format!(
        "File {{ path: {:?}, media_type: {:?}, etag: {:?}, plain: {}, gzip: {}, brotli: {} }}",
        file.path,
        file.media_type,
        format!("\"{}\"", hash(&file.text)),
        included[0],
        included[1],
        included[2],
    ))
}

/// Sixteen hex digits that change with `text`.
pub fn hash(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..8])
}

fn gzip(plain: &[u8]) -> Result<Vec<u8>, String> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    to.write_all(plain).map_err(|e| e.to_string())?;
    to.finish().map_err(|e| e.to_string())
}

fn brotli(mut plain: &[u8]) -> Result<Vec<u8>, String> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut plain, &mut packed, &parameters).map_err(|e| e.to_string())?;
    Ok(packed)
}
