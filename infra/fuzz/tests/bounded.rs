//! A run of each target that ends in good time; `infra/fuzz/README.md` has the command of a long one.
//! All targets in one test, since memory is the process's.

use fuzz::{Until, run, targets};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Inputs of each target: those whose readers are slow get fewer.
const INPUTS: [(&str, u64); 22] = [
    ("html", 600),
    ("markdown", 600),
    ("pdf", 600),
    ("robots", 600),
    ("sitemap", 2_000),
    ("json", 4_000),
    ("sse", 4_000),
    ("multipart", 4_000),
    ("svg", 4_000),
    ("cron", 4_000),
    ("asciidoc", 600),
    ("rst", 600),
    ("csv", 600),
    ("records", 600),
    ("docx", 600),
    ("xlsx", 400),
    ("pptx", 600),
    ("odt", 600),
    ("epub", 400),
    ("zip", 600),
    ("inbound", 4_000),
    ("pieces", 600),
];

/// A seed that its reader refuses would have mutations of it refused as well.
#[test]
fn what_is_packed_of_a_seed_is_read() {
    for (format, ..) in targets::files::PACKED {
        let seed = format!("{}/corpus/{format}/one.xml", env!("CARGO_MANIFEST_DIR"));
        let seed = std::fs::read(seed).expect("a seed");
        let (name, media_type, file) = targets::files::file_of(format, &seed).expect("a file");
        let read = knowledge::file::read(name, media_type, &file);
        assert!(read.is_ok(), "{format}: {:?}", read.err());
    }
}

#[test]
fn no_input_panics_or_takes_more_memory_than_its_reader_has() {
    for (name, inputs) in INPUTS {
        let target = targets::named(name).expect("a target");
        let outcome = run(target, 1, Until::Inputs(inputs), &MEMORY);
        println!("{name}: {outcome:?}");
        if let Some((input, why)) = outcome.failure {
            let begin = String::from_utf8_lossy(&input[..input.len().min(2_000)]).into_owned();
            panic!("{name}, input {}: {why}: {begin:?}", outcome.inputs);
        }
        assert_eq!(outcome.inputs, inputs, "{name}");
    }
}
