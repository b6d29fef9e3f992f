//! Control sequences in a message's text: `<@U1>`, `<#C1|general>`, `<!here>`, `<https://x|label>`.

/// Whether the text mentions `user`.
pub(super) fn names(text: &str, user: &str) -> bool {
    !user.is_empty()
        && sequences(text)
            .any(|part| matches!(part, Part::Sequence(inner) if is_mention_of(inner, user)))
}

/// The text as a person reads it: without mentions of `us`, sequences by their labels, escapes undone.
pub(super) fn readable(text: &str, us: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for part in sequences(text) {
        match part {
            Part::Words(part) => words.push_str(&unescaped(part)),
            Part::Sequence(inner) if is_mention_of(inner, us) => {
                if words.ends_with(' ') {
                    words.pop();
                }
            }
            Part::Sequence(inner) => words.push_str(&unescaped(&shown(inner))),
        }
    }
    words.trim().to_owned()
}

enum Part<'a> {
    Words(&'a str),
    /// What is between `<` and `>`.
    Sequence(&'a str),
}

/// A `<` of the user's own comes escaped, so each one here begins a sequence; one that never ends is words.
fn sequences(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(after) = rest.strip_prefix('<')
            && let Some((inner, after)) = after.split_once('>')
        {
            rest = after;
            return Some(Part::Sequence(inner));
        }
        let from = usize::from(rest.starts_with('<'));
        let end =
            rest.get(from..).and_then(|tail| tail.find('<')).map_or(rest.len(), |at| at + from);
        let (words, after) = rest.split_at(end);
        rest = after;
        Some(Part::Words(words))
    })
}

fn is_mention_of(inner: &str, user: &str) -> bool {
    let named = inner.strip_prefix('@').map(|named| named.split('|').next().unwrap_or_default());
    named.is_some_and(|named| !named.is_empty() && named == user)
}

fn shown(inner: &str) -> String {
    let (target, label) = match inner.split_once('|') {
        Some((target, label)) if !label.is_empty() => (target, Some(label)),
        Some((target, _)) => (target, None),
        None => (inner, None),
    };
    match (target.chars().next(), label) {
        (Some('@'), label) => {
            format!("@{}", label.map_or(tail(target), |l| l.trim_start_matches('@')))
        }
        (Some('#'), label) => {
            format!("#{}", label.map_or(tail(target), |l| l.trim_start_matches('#')))
        }
        // `<!here>`, `<!subteam^S1|@team>`, `<!date^…|fallback>`.
        (Some('!'), Some(label)) => label.to_owned(),
        (Some('!'), None) => format!("@{}", tail(target).split('^').next().unwrap_or_default()),
        (_, Some(label)) if label == target || target.strip_prefix("mailto:") == Some(label) => {
            label.to_owned()
        }
        (_, Some(label)) => format!("{label} ({target})"),
        (_, None) => target.trim_start_matches("mailto:").to_owned(),
    }
}

fn tail(target: &str) -> &str {
    target.get(1..).unwrap_or_default()
}

/// The three escapes of Slack, in the order that undoes each once.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_can_read_it() {
        for (text, expected) in [
            ("<@U1> hello", "hello"),
            ("hello <@U1|bot> you", "hello you"),
            ("ask <@U2> in <#C1|general> or <#C2>", "ask @U2 in #general or #C2"),
            ("<!here> <!subteam^S1|@team> <!channel>", "@here @team @channel"),
            (
                "see <https://x.test/?a=1&amp;b=2|the page>",
                "see the page (https://x.test/?a=1&b=2)",
            ),
            ("<https://x.test> <mailto:a@x.test|a@x.test>", "https://x.test a@x.test"),
            ("1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt;", "1 < 2 && 3 > 2, &lt;"),
            ("<", "<"),
            ("a <b", "a <b"),
            ("<> x", "x"),
        ] {
            assert_eq!(readable(text, "U1"), expected, "{text}");
        }
        assert!(names("a <@U1> b", "U1") && names("<@U1|x>", "U1"));
        assert!(!names("&lt;@U1&gt; <@U11>", "U1") && !names("<@>", ""));
    }
}
