//! One script of the widget's modules. They are plain ES modules, which TypeScript checks and a reader
//! reads; a page gets them joined in one scope and minified.

use std::{fs, path::Path};

use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::{Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;

/// The script, of the modules that `bundle.txt` in `folder` names, in that order.
pub fn bundle(folder: &Path) -> Result<String, String> {
    minified(&joined(folder)?)
}

fn joined(folder: &Path) -> Result<String, String> {
    let read = |name: &str| {
        let file = folder.join(name);
        fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))
    };
    let mut script = String::from("(()=>{\"use strict\";\n");
    for name in read("bundle.txt")?.lines().filter(|name| !name.is_empty()) {
        module(&read(name)?, &mut script).map_err(|what| format!("{name}: {what}"))?;
    }
    script.push_str("})();\n");
    Ok(script)
}

/// Adds a module without its imports and exports: its names are those of the one scope.
fn module(source: &str, script: &mut String) -> Result<(), String> {
    let mut importing = false;
    for line in source.lines() {
        importing = importing || line.starts_with("import ");
        if !importing {
            script.push_str(line.strip_prefix("export ").unwrap_or(line));
            script.push('\n');
        }
        importing = importing && !line.ends_with(';');
    }
    if importing { Err("an import has no end".to_owned()) } else { Ok(()) }
}

fn minified(script: &str) -> Result<String, String> {
    let allocator = Allocator::default();
    let mut parsed = Parser::new(&allocator, script, SourceType::script()).parse();
    if let Some(wrong) = parsed.diagnostics.first() {
        return Err(wrong.to_string());
    }
    let names = Minifier::new(MinifierOptions::default()).minify(&allocator, &mut parsed.program);
    let codegen = Codegen::new().with_options(CodegenOptions::minify());
    Ok(codegen.with_scoping(names.scoping).build(&parsed.program).code)
}
