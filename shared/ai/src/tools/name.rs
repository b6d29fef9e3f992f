//! Names of tools as every wire takes them: `[a-zA-Z][a-zA-Z0-9_-]{0,63}`.

use sha2::{Digest, Sha256};

/// The longest name that every wire takes.
pub(super) const MAX_NAME: usize = 64;
/// `_` and six digits of a hash.
const SUFFIX: usize = 7;

/// The name of `server`'s `tool` on the wire: both with `__` between them. Where cleaning, cutting or
/// `taken` changes it, its end is a hash of the full name, so that two tools never share one.
pub(super) fn wire_name(server: &str, tool: &str, taken: impl Fn(&str) -> bool) -> String {
    let full = format!("{server}__{tool}");
    let cleaned = cleaned(&full);
    if cleaned == full && cleaned.len() <= MAX_NAME && !taken(&cleaned) {
        return cleaned;
    }
    let beginning: String = cleaned.chars().take(MAX_NAME - SUFFIX).collect();
    let mut salt: u32 = 0;
    loop {
        let name = format!("{beginning}_{}", hash(server, tool, salt));
        if !taken(&name) {
            return name;
        }
        salt = salt.wrapping_add(1);
    }
}

/// The characters that are allowed, the first of them a letter.
fn cleaned(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let cleaned: String = name.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    match cleaned.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => cleaned,
        false => format!("t{cleaned}"),
    }
}

fn hash(server: &str, tool: &str, salt: u32) -> String {
    let mut hash = Sha256::new();
    for part in [server.as_bytes(), b"\0", tool.as_bytes(), b"\0", &salt.to_be_bytes()] {
        hash.update(part);
    }
    hex::encode(&hash.finalize()[..3])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn is_wire_name(name: &str) -> bool {
        let tail = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        name.len() <= 64
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(tail)
    }

    #[test]
    fn names_are_kept_where_they_can_be_and_never_clash() {
        assert_eq!(wire_name("crm", "find-user_2", |_| false), "crm__find-user_2");
        let long = "x".repeat(200);
        let mut names = BTreeSet::new();
        let full = [
            ("crm", "find.user"),
            ("crm", "find user"),
            ("crm", "find_user"),
            ("crm", "findé"),
            ("crm", "日本"),
            ("crm", ""),
            ("1st", "a"),
            ("_", "a"),
            ("a", "b__c"),
            ("a__b", "c"),
            ("crm", long.as_str()),
            (long.as_str(), "a"),
            (long.as_str(), "b"),
            ("日本", "日本"),
        ];
        for (server, tool) in full {
            let name = wire_name(server, tool, |name| names.contains(name));
            assert!(is_wire_name(&name), "{name}");
            assert_eq!(name, wire_name(server, tool, |name| names.contains(name)), "repeatable");
            assert!(names.insert(name.clone()), "{name} twice");
        }
        assert!(names.contains("crm__find_user") && names.contains("a__b__c"));
        // Exactly 64 characters stay, one more is cut.
        let (fits, over) = ("y".repeat(59), "y".repeat(60));
        assert_eq!(wire_name("crm", &fits, |_| false), format!("crm__{fits}"));
        let cut = wire_name("crm", &over, |_| false);
        assert!(cut.len() == 64 && cut.starts_with("crm__yyy") && cut.as_bytes()[57] == b'_');
        // Even a clash of hashes is told apart.
        let first = wire_name("crm", "a b", |_| false);
        assert_ne!(wire_name("crm", "a b", |name| name == first), first);
    }
}
