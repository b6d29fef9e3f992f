//! Against vectors that another implementation made (`infra/models/reference.py`).
#![cfg(feature = "minilm")]
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::{
    collections::HashMap,
    io::Write as _,
    path::{Path, PathBuf},
};

use candle_core::{DType, Device, Tensor, safetensors};
use embed::MiniLm;
use knowledge::{EmbedError, Embedder, semantic::Vector};

const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");

struct Expected {
    text: String,
    vector: Vector,
}

fn expected(name: &str) -> Vec<Expected> {
    let file = std::fs::read_to_string(Path::new(TESTS).join(format!("{name}.json"))).unwrap();
    let all: serde_json::Value = serde_json::from_str(&file).unwrap();
    let all = all.as_array().unwrap().iter().map(|one| {
        let numbers = one["vector"].as_array().unwrap().iter();
        let numbers = numbers.map(|n| n.as_f64().unwrap() as f32).collect();
        Expected {
            text: one["text"].as_str().unwrap().to_owned(),
            vector: Vector::new(numbers).unwrap(),
        }
    });
    all.collect()
}

/// The real weights, if they were put in place.
fn minilm() -> Option<PathBuf> {
    let usual = Path::new(TESTS).join("../../../.models/minilm");
    let folder = std::env::var_os("MINILM").map_or(usual, PathBuf::from);
    if folder.join("model.safetensors").exists() {
        return Some(folder);
    }
    // Past the capture of output: a skipped test must be seen to be skipped.
    let said = "SKIPPED: no model in .models/minilm; infra/models/minilm.sh puts it there\n";
    std::io::stderr().write_all(said.as_bytes()).unwrap();
    None
}

/// How near vectors are to the reference's at least, and how far each number is off at most: of weights in 32
/// bits, and in 8.
const FULL: (f32, f32) = (0.999, 1e-4);
const IN_8_BITS: (f32, f32) = (0.995, 0.03);

fn compare(name: &str, folder: &Path, (nearest, farthest): (f32, f32)) {
    let model = MiniLm::load(folder).unwrap();
    let all = expected(name);
    assert!(all.len() >= 6, "{name}.json");
    for Expected { text, vector } in &all {
        let ours = model.vector(text).unwrap();
        let cosine = ours.cosine(vector);
        assert!(cosine >= nearest, "{name}, {text:?}: {cosine}");
        let pairs = ours.numbers().iter().zip(vector.numbers());
        let off = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(off < farthest, "{name}, {text:?}: off by {off}");
    }
    // They are no proof if any vector would do.
    assert!(all[0].vector.cosine(&all[5].vector) < 0.9);
}

#[test]
fn a_tiny_model_makes_the_vectors_of_the_reference() {
    compare("tiny", &Path::new(TESTS).join("tiny"), FULL);
}

/// A matrix in bytes and the scale of each row, as `infra/models/eight_bits.py` writes them.
fn in_bytes(matrix: &Tensor) -> (Tensor, Tensor) {
    let scale = (matrix.abs().unwrap().max_keepdim(1).unwrap() / 127.0).unwrap();
    let steps = (matrix.broadcast_div(&scale).unwrap() + 128.0).unwrap().round().unwrap();
    (steps.to_dtype(DType::U8).unwrap(), scale.squeeze(1).unwrap())
}

#[test]
fn weights_in_8_bits_make_nearly_the_same_vectors() {
    let (full, small) = (Path::new(TESTS).join("tiny"), tempfile::tempdir().unwrap());
    for name in ["config.json", "tokenizer.json"] {
        std::fs::copy(full.join(name), small.path().join(name)).unwrap();
    }
    let weights = safetensors::load(full.join("model.safetensors"), &Device::Cpu).unwrap();
    let mut packed: HashMap<String, Tensor> = HashMap::new();
    for (name, weight) in &weights {
        if weight.rank() == 2 {
            let (bytes, scale) = in_bytes(weight);
            packed.insert(format!("{name}.scale"), scale);
            packed.insert(name.clone(), bytes);
        } else {
            packed.insert(name.clone(), weight.clone());
        }
    }
    let file = small.path().join("model.safetensors");
    safetensors::save(&packed, &file).unwrap();
    compare("tiny", small.path(), IN_8_BITS);
    let models =
        [&full, small.path()].map(|folder| MiniLm::load(folder).unwrap().model().to_owned());
    assert_eq!(models[0], models[1], "their vectors are compared with each other");

    // Bytes without their scales are no weights.
    packed.retain(|name, _| !name.ends_with(".scale"));
    safetensors::save(&packed, &file).unwrap();
    let refused = MiniLm::load(small.path()).unwrap_err();
    assert!(
        matches!(&refused, EmbedError::Model(why) if why.contains("has no scale")),
        "{refused}"
    );
}

#[test]
fn minilm_makes_the_vectors_of_the_reference() {
    let Some(folder) = minilm() else { return };
    let bytes = std::fs::metadata(folder.join("model.safetensors")).unwrap().len();
    compare("minilm", &folder, if bytes < 30_000_000 { IN_8_BITS } else { FULL });
    let model = MiniLm::load(&folder).unwrap();
    for read in ["How long is an invoice due?", "Where can I see my orders and parcels?"] {
        assert_eq!(model.legibility(read), 1.0, "{read}");
    }
    for unread in ["KX-4821-B", "сколько времени оплачивается счёт", "发票多久到期"]
    {
        assert_eq!(model.legibility(unread), 0.0, "{unread}");
    }
}

#[tokio::test]
async fn vectors_come_in_the_order_of_the_texts() {
    let model = MiniLm::load(&Path::new(TESTS).join("tiny")).unwrap();
    let all = expected("tiny");
    let texts: Vec<&str> = all.iter().map(|one| one.text.as_str()).collect();
    let vectors = model.embed(&texts).await.unwrap();
    assert_eq!(vectors.len(), texts.len());
    for (vector, one) in vectors.iter().zip(&all) {
        assert!(vector.cosine(&one.vector) >= 0.999, "{:?}", one.text);
    }
    assert!(model.embed(&[]).await.unwrap().is_empty());
    assert!(model.model().starts_with("minilm-8-"), "{}", model.model());
}

#[test]
fn a_folder_that_lacks_a_file_or_has_a_broken_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["config.json", "tokenizer.json", "model.safetensors"] {
        let refused = MiniLm::load(folder.path()).err();
        assert!(
            matches!(&refused, Some(EmbedError::Model(why)) if why.contains(name)),
            "{refused:?}"
        );
        std::fs::copy(Path::new(TESTS).join("tiny").join(name), folder.path().join(name)).unwrap();
    }
    assert!(MiniLm::load(folder.path()).is_ok());
    let weights = folder.path().join("model.safetensors");
    let bytes = std::fs::read(&weights).unwrap();
    std::fs::write(&weights, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(MiniLm::load(folder.path()), Err(EmbedError::Model(_))));
    std::fs::write(folder.path().join("config.json"), "{}").unwrap();
    assert!(matches!(MiniLm::load(folder.path()), Err(EmbedError::Model(_))));
}
