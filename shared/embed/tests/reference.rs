//! Against vectors that another implementation made (`infra/models/reference.py`).
#![cfg(feature = "minilm")]
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

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

fn compare(name: &str, folder: &Path) {
    let model = MiniLm::load(folder).unwrap();
    let all = expected(name);
    assert!(all.len() >= 6, "{name}.json");
    for Expected { text, vector } in &all {
        let ours = model.vector(text).unwrap();
        let cosine = ours.cosine(vector);
        assert!(cosine >= 0.999, "{name}, {text:?}: {cosine}");
        let pairs = ours.numbers().iter().zip(vector.numbers());
        let off = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(off < 1e-4, "{name}, {text:?}: off by {off}");
    }
    // They are no proof if any vector would do.
    assert!(all[0].vector.cosine(&all[5].vector) < 0.9);
}

#[test]
fn a_tiny_model_makes_the_vectors_of_the_reference() {
    compare("tiny", &Path::new(TESTS).join("tiny"));
}

#[test]
fn minilm_makes_the_vectors_of_the_reference() {
    let Some(folder) = minilm() else { return };
    compare("minilm", &folder);
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
