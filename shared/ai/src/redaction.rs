//! What a server that a team named may know and no one else: the values of the team's headers.

/// Takes the values of a team's headers out of texts.
pub(crate) struct Redaction {
    /// Every value of some length, the longest first.
    values: Vec<String>,
    /// Those among them that are keys by their header's name or by their length.
    keys: Vec<String>,
}

impl Redaction {
    pub(crate) fn of(headers: &[(String, String)]) -> Self {
        let (mut values, mut keys) = (Vec::new(), Vec::new());
        for (name, value) in headers {
            let words = ["auth", "cookie", "key", "password", "secret", "token"];
            let name = name.to_ascii_lowercase();
            let is_key = words.iter().any(|word| name.contains(word));
            // `Bearer` and what comes after it, each of which may be echoed alone.
            for part in value.split_whitespace().chain([value.trim()]) {
                let is_scheme = ["bearer", "basic"].contains(&part.to_ascii_lowercase().as_str());
                if part.len() >= 4 && !is_scheme {
                    values.push(part.to_owned());
                    if is_key || part.len() >= 20 {
                        keys.push(part.to_owned());
                    }
                }
            }
        }
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        keys.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Self { values, keys }
    }

    /// A text of the server's for the team: without any value.
    pub(crate) fn message(&self, text: &str) -> String {
        replaced(text, &self.values)
    }

    /// A text that quotes the server, such as a result for a model: without keys. Other values, such as a region, may be what it is about.
    pub(crate) fn output(&self, text: &str) -> String {
        replaced(text, &self.keys)
    }
}

fn replaced(text: &str, values: &[String]) -> String {
    values.iter().fold(text.to_owned(), |text, value| text.replace(value, "[redacted]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_headers_are_taken_out() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let redaction = Redaction::of(&[
            header("authorization", "Bearer s3cr3t-token"),
            header("x-region", "eu-central-1"),
            header("x-flag", "1"),
            header("x-long", "0123456789abcdef0123456789"),
        ]);
        let echo =
            "got Bearer s3cr3t-token, s3cr3t-token, eu-central-1, 1, 0123456789abcdef0123456789";
        assert_eq!(
            redaction.message(echo),
            "got [redacted], [redacted], [redacted], 1, [redacted]"
        );
        assert_eq!(
            redaction.output(echo),
            "got [redacted], [redacted], eu-central-1, 1, [redacted]"
        );
    }
}
