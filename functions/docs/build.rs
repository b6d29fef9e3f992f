//! Renders the documentation: each `site/<page>.md` through `site/template.html`, into an array
//! that `src/lib.rs` includes. How a page is written: `build/page.rs` and `build/markdown.rs`.

#[path = "build/markdown.rs"]
mod markdown;
#[path = "build/page.rs"]
mod page;

use std::{env, fmt::Write, fs, path::Path};

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=site");
    println!("cargo::rerun-if-changed=build");
    let site = Path::new("site");
    let pages = page::read(site)?;
    page::check_links(&pages)?;
    let template = page::text_of(&site.join("template.html"))?;
    let out = env::var("OUT_DIR").map_err(|e| format!("OUT_DIR: {e}"))?;
    let mut array = String::from("&[\n");
    for at in 0..pages.len() {
        let file = Path::new(&out).join(format!("{}.html", pages[at].name));
        let html = page::fill(&template, &pages, at)?;
        fs::write(&file, html).map_err(|e| format!("{}: {e}", file.display()))?;
        writeln!(array, "({:?}, include_str!({file:?})),", pages[at].name)
            .map_err(|e| e.to_string())?;
    }
    array.push(']');
    let list = Path::new(&out).join("pages.rs");
    fs::write(&list, array).map_err(|e| format!("{}: {e}", list.display()))
}
