//! Which room of `app` and of `store` may use which other. A room is a folder or a file of `src`;
//! what `use crate::<room>` says is read from the text. Names that `lib.rs` exports count as their room's.

use std::collections::{BTreeMap, BTreeSet};

use crate::util::sources::{code_below, word};

/// A room, and those that it may use.
type Rooms = &'static [(&'static str, &'static [&'static str])];

/// `adapters` are at the bottom, `events`, which routes what has happened to those that act on it,
/// at the top. Rooms that act on events never use each other.
const APP: Rooms = &[
    ("access", &["adapters"]),
    ("adapters", &[]),
    ("agent_loops", &["adapters", "chat", "integrations", "knowledge", "webhooks", "work_queue"]),
    ("channels", &["adapters", "chat", "work_queue"]),
    ("chat", &["access", "adapters", "integrations", "knowledge"]),
    ("chatbots", &["access", "adapters"]),
    ("conversations", &["access", "knowledge"]),
    ("crawl", &["adapters", "knowledge", "work_queue"]),
    (
        "events",
        &["adapters", "agent_loops", "channels", "crawl", "mail", "ops", "webhooks", "work_queue"],
    ),
    ("integrations", &["adapters"]),
    ("jobs", &["agent_loops", "channels", "crawl", "mail", "ops", "webhooks", "work_queue"]),
    ("knowledge", &["adapters"]),
    ("mail", &["access", "adapters", "work_queue"]),
    ("ops", &["adapters", "work_queue"]),
    ("webhooks", &["adapters", "work_queue"]),
    ("work_queue", &["adapters"]),
];

/// `keys`, `retry` and `table` are at the bottom, `events` and `ops`, which read items of every kind, at
/// the top.
const STORE: Rooms = &[
    ("access", &["api_keys", "chatbots", "keys", "table"]),
    ("agent_loops", &["keys", "table", "webhooks"]),
    ("api_keys", &["keys"]),
    ("channels", &["keys", "table"]),
    ("chat", &["conversations", "keys", "table"]),
    ("chatbots", &["api_keys", "erasures", "keys", "knowledge", "table"]),
    ("conversations", &["counters", "erasures", "keys", "table"]),
    ("counters", &["keys", "table"]),
    ("crawl", &["keys", "knowledge", "retry", "table"]),
    ("erasures", &["keys", "table"]),
    (
        "events",
        &[
            "access",
            "agent_loops",
            "channels",
            "chat",
            "chatbots",
            "conversations",
            "keys",
            "knowledge",
            "table",
            "webhooks",
        ],
    ),
    ("integrations", &["keys", "table"]),
    ("keys", &[]),
    ("knowledge", &["erasures", "keys", "table"]),
    ("mail", &["keys", "table"]),
    (
        "ops",
        &["access", "api_keys", "chat", "conversations", "counters", "erasures", "keys", "table"],
    ),
    ("retry", &[]),
    ("table", &["keys", "retry"]),
    ("webhooks", &["keys", "table"]),
];

/// The first segments of the paths that begin with `crate::`, groups taken apart.
fn used(code: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for (at, begin) in code.match_indices("crate::") {
        let rest = &code[at + begin.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        let (mut depth, mut first) = (1, true);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => first = true,
                _ if first && !c.is_whitespace() => {
                    found.insert(word(&group[at..]));
                    first = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

/// The rooms of the names that `lib.rs` exports.
fn exported(lib: &str) -> BTreeMap<&str, &str> {
    let mut rooms = BTreeMap::new();
    for statement in lib.split(';').filter_map(|s| s.trim().strip_prefix("pub use ")) {
        let Some((room, names)) = statement.split_once("::") else { continue };
        let names = names.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        rooms.extend(names.filter(|name| !name.is_empty()).map(|name| (name, room)));
    }
    rooms
}

/// The room that a file below `src` is in.
fn room(path: &str) -> Option<&str> {
    let room = path.split_once('/').map(|(room, _)| room).or_else(|| path.strip_suffix(".rs"));
    room.filter(|room| *room != "lib")
}

fn rooms(files: &[(String, String)]) -> BTreeSet<&str> {
    files.iter().filter_map(|(path, _)| room(path)).collect()
}

/// A crate's arrows between rooms, each with a file that has it.
fn arrows(files: &[(String, String)]) -> BTreeMap<(String, String), String> {
    let rooms = rooms(files);
    let lib = files.iter().find(|(path, _)| path == "lib.rs").map_or("", |(_, code)| code);
    let exported = exported(lib);
    let mut found = BTreeMap::new();
    for (path, code) in files {
        let Some(room) = room(path) else { continue };
        for name in used(code) {
            let other = if rooms.contains(name) { Some(name) } else { exported.get(name).copied() };
            if let Some(other) = other.filter(|other| *other != room && rooms.contains(other)) {
                found.entry((room.to_owned(), other.to_owned())).or_insert_with(|| path.clone());
            }
        }
    }
    found
}

/// The arrows that a table does not allow.
fn forbidden(files: &[(String, String)], table: Rooms) -> Vec<String> {
    let allowed = |from: &str, to: &str| {
        table.iter().any(|(room, others)| *room == from && others.contains(&to))
    };
    arrows(files)
        .into_iter()
        .filter(|((from, to), _)| !allowed(from, to))
        .map(|((from, to), file)| format!("{from} → {to}, in {file}"))
        .collect()
}

/// The rooms from which arrows lead back to themselves.
fn circles(table: Rooms) -> Vec<&'static str> {
    let next =
        |room: &str| table.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, to)| to);
    let mut circles = Vec::new();
    for (room, _) in table {
        let (mut seen, mut todo) = (BTreeSet::new(), next(room).to_vec());
        while let Some(other) = todo.pop() {
            if seen.insert(other) {
                todo.extend(next(other));
            }
        }
        circles.extend(seen.contains(room).then_some(*room));
    }
    circles
}

#[test]
fn rooms_use_only_those_below_them() {
    for (of, table) in [("app", APP), ("store", STORE)] {
        let files = code_below(&format!("shared/{of}/src"));
        let forbidden = forbidden(&files, table);
        assert!(
            forbidden.is_empty(),
            "{of}: a room reaches where it may not; move the code, or the wall on purpose in {}: \
             {forbidden:#?}",
            file!()
        );
        assert_eq!(circles(table), [""; 0], "{of}: a circle in the table itself");
    }
}

#[test]
fn every_room_is_in_its_table() {
    for (of, table) in [("app", APP), ("store", STORE)] {
        let files = code_below(&format!("shared/{of}/src"));
        let listed: BTreeSet<&str> = table.iter().map(|(room, _)| *room).collect();
        let missing: Vec<_> = rooms(&files).difference(&listed).copied().collect();
        assert!(missing.is_empty(), "{of}: add these to its table in {}: {missing:?}", file!());
    }
}

#[test]
fn a_forbidden_reach_is_found_however_it_is_written() {
    let table: Rooms = &[("crawl", &["adapters"]), ("webhooks", &["adapters"]), ("adapters", &[])];
    let lib = "pub use crawl::page::{PageReader, Reading};\npub struct Core;\n";
    let check = |code: &str| {
        let files = [
            ("lib.rs", lib),
            ("crawl/page.rs", "use crate::adapters::sqs::Queue;"),
            ("adapters/sqs.rs", "use crate::Core;"),
            ("webhooks/deliver.rs", code),
        ];
        forbidden(&files.map(|(path, code)| (path.to_owned(), code.to_owned())), table)
    };
    let none: [String; 0] = [];
    assert_eq!(check("use crate::{Core, adapters::{random, sqs::Queue}};"), none);
    assert_eq!(check("use crate::webhooks::limiter::Permit;"), none);
    let found = ["webhooks → crawl, in webhooks/deliver.rs"];
    for code in [
        "use crate::crawl::page::PageReader;",
        "use crate::{\n    Core,\n    adapters::{random, seal},\n    crawl::page,\n};",
        "fn f() { crate::crawl::page::read() }",
        "use crate::PageReader;",
    ] {
        assert_eq!(check(code), found, "{code}");
    }
}

#[test]
fn a_circle_is_found_however_long() {
    assert_eq!(
        circles(&[("a", &["b"]), ("b", &["c"]), ("c", &["a"]), ("d", &["a"])]),
        ["a", "b", "c"]
    );
    assert_eq!(circles(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])]), [""; 0]);
}
