//! Formulas in MathML, as a line of text.

use super::tree_sink::Raw;

/// How deep a formula is read.
const MAX_DEPTH: usize = 24;
/// How long it is at most, in bytes.
const MAX_BYTES: usize = 2_000;

/// The formula at `id`: what is raised behind `^`, what is lowered behind `_`, fractions with a stroke.
pub(super) fn text(raw: &[Raw], id: usize) -> String {
    let mut text = String::new();
    write(raw, id, 0, &mut text);
    text
}

fn write(raw: &[Raw], id: usize, depth: usize, text: &mut String) {
    let Some(node) = raw.get(id).filter(|_| depth < MAX_DEPTH && text.len() < MAX_BYTES) else {
        return;
    };
    text.push_str(node.text.trim());
    let parts = || children(raw, node.first);
    match &*node.name.local {
        // The same formula in the notation that it was typed in.
        "annotation" | "annotation-xml" => {}
        "mfrac" => joined(raw, &parts(), &["/"], depth, text),
        "msup" | "mover" => joined(raw, &parts(), &["^"], depth, text),
        "msub" | "munder" => joined(raw, &parts(), &["_"], depth, text),
        "msubsup" | "munderover" => joined(raw, &parts(), &["_", "^"], depth, text),
        "msqrt" => {
            text.push('√');
            grouped(parts().into_iter().map(|part| of(raw, part, depth)).collect(), text);
        }
        "mtr" | "mlabeledtr" => {
            parts().into_iter().for_each(|part| write(raw, part, depth + 1, text));
            text.push(' ');
        }
        _ => parts().into_iter().for_each(|part| write(raw, part, depth + 1, text)),
    }
}

fn of(raw: &[Raw], id: usize, depth: usize) -> String {
    let mut text = String::new();
    write(raw, id, depth + 1, &mut text);
    text
}

/// Parts with signs between them.
fn joined(raw: &[Raw], parts: &[usize], signs: &[&str], depth: usize, text: &mut String) {
    for (at, part) in parts.iter().enumerate() {
        if let Some(sign) = at.checked_sub(1).and_then(|at| signs.get(at)) {
            text.push_str(sign);
        }
        grouped(of(raw, *part, depth), text);
    }
}

/// A part, in brackets if it is of several.
fn grouped(part: String, text: &mut String) {
    match part.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | ',')) {
        true => text.push_str(&part),
        false => text.push_str(&format!("({part})")),
    }
}

/// The elements among children, without the space between them.
fn children(raw: &[Raw], first: Option<usize>) -> Vec<usize> {
    let mut all = Vec::new();
    let mut next = first;
    while let Some((id, node)) = next.and_then(|id| Some((id, raw.get(id)?))) {
        if node.first.is_some() || !node.text.trim().is_empty() {
            all.push(id);
        }
        next = node.next;
    }
    all
}
