//! Names with hashes. A file `assets/<folder>/<name>.<ext>` is served as
//! `/assets/<folder>-<name>.<hash>.<ext>`, and whatever names it as `./<name>.<ext>` is rewritten: an
//! import of a module, a `src` or `href` of a page. A file's hash covers the names in it, so it changes
//! with any file below it. The page `<folder>.html` itself is served as `/<folder>`.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{Served, hash};

/// `Content-Type` of scripts.
pub const JS: &str = "text/javascript; charset=utf-8";

fn media_type(name: &str) -> Result<&'static str, String> {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => Ok(JS),
        Some("css") => Ok("text/css; charset=utf-8"),
        Some("svg") => Ok("image/svg+xml"),
        Some("html") => Ok("text/html; charset=utf-8"),
        _ => Err(format!("{name} has a type that is not served")),
    }
}

/// The files of `path`, whose URLs name it `folder`.
pub fn served(path: &Path, folder: &str) -> Result<Vec<Served>, String> {
    let mut sources = BTreeMap::new();
    for entry in fs::read_dir(path).map_err(|e| format!("{}: {e}", path.display()))? {
        let file = entry.map_err(|e| e.to_string())?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // Types for the check of the modules are not for browsers.
        if name.ends_with(".d.ts") || name.ends_with(".json") {
            continue;
        }
        let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        sources.insert(name, text);
    }
    let mut naming = Naming { folder, sources, done: BTreeMap::new(), open: Vec::new() };
    let names: Vec<String> = naming.sources.keys().cloned().collect();
    for name in &names {
        naming.name(name)?;
    }
    let page = format!("{folder}.html");
    let served = naming.done.into_iter().map(|(name, (hashed, text))| {
        let path = if name == page { format!("/{folder}") } else { format!("/assets/{hashed}") };
        Ok(Served { path, media_type: media_type(&name)?, text })
    });
    served.collect()
}

struct Naming<'a> {
    folder: &'a str,
    sources: BTreeMap<String, String>,
    /// By its name: the name with the hash, and the text with such names in it.
    done: BTreeMap<String, (String, String)>,
    /// Being named now: one that is named from within itself is in a cycle.
    open: Vec<String>,
}

impl Naming<'_> {
    /// The name of the file `name` with its hash.
    fn name(&mut self, name: &str) -> Result<String, String> {
        if let Some((hashed, _)) = self.done.get(name) {
            return Ok(hashed.clone());
        }
        if self.open.iter().any(|open| open == name) {
            return Err(format!("{}: {name} names itself, by {:?}", self.folder, self.open));
        }
        let unknown =
            || format!("{}: {:?} names ./{name}, which is not there", self.folder, self.open);
        let source = self.sources.get(name).cloned().ok_or_else(unknown)?;
        self.open.push(name.to_owned());
        let (before, after) = match name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("html") => (vec![r#"src="./"#, r#"href="./"#], "assets/"),
            Some("js") => (vec![r#"from "./"#, r#"import "./"#, r#"import("./"#], "./"),
            _ => (Vec::new(), "./"),
        };
        let mut text = source;
        for marker in before {
            text = self.rewritten(&text, marker, after)?;
        }
        self.open.pop();
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let hashed = format!("{}-{stem}.{}.{ending}", self.folder, hash(&text));
        self.done.insert(name.to_owned(), (hashed.clone(), text));
        Ok(hashed)
    }

    /// `text` with the hashed name behind each `marker`, in the place of its `./`.
    fn rewritten(&mut self, text: &str, marker: &str, after: &str) -> Result<String, String> {
        let mut parts = text.split(marker);
        let mut rewritten = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) =
                part.split_once('"').ok_or_else(|| format!("{marker} has no end"))?;
            let hashed = self.name(name)?;
            rewritten.push_str(marker.trim_end_matches("./"));
            rewritten.push_str(after);
            rewritten.push_str(&hashed);
            rewritten.push('"');
            rewritten.push_str(rest);
        }
        Ok(rewritten)
    }
}
