//! Files of records: a row of a table, an object a line. Each record says what its values are; a
//! question with its answer is a pair.

use std::{borrow::Cow, sync::Arc};

use serde_json::Value;
use url::Url;

use crate::extract::{BlockKind, Document, ExtractError, Outline, markdown, tables};

/// Records read of one file at most.
const MAX_RECORDS: usize = 20_000;
/// Values read of one record at most.
const MAX_VALUES: usize = 60;
/// Values of one JSON file at most; each takes some 80 bytes of memory, read or not.
pub(crate) const MAX_JSON_VALUES: usize = 2_000_000;
/// How deep lists of records are in a JSON file.
const MAX_NESTED: usize = 5;
/// What says how something is called that holds records.
const NAMES: &[&str] = &["name", "title", "label", "category", "section", "topic"];
/// Lines that are looked at for what divides their values.
const LOOKED_AT: usize = 20;

const QUESTIONS: &[&str] = &[
    "question",
    "questions",
    "q",
    "prompt",
    "frage",
    "fragen",
    "pregunta",
    "domanda",
    "pergunta",
    "vraag",
    "pytanie",
    "вопрос",
    "问题",
    "質問",
    "faq",
    "patterns",
    "utterances",
];
const ANSWERS: &[&str] = &[
    "answer",
    "answers",
    "a",
    "response",
    "completion",
    "reply",
    "antwort",
    "antworten",
    "réponse",
    "reponse",
    "respuesta",
    "risposta",
    "resposta",
    "antwoord",
    "odpowiedź",
    "ответ",
    "答案",
    "回答",
    "responses",
];

/// Reads values divided by `divider`, or by what divides them.
pub(crate) fn csv(text: &str, divider: Option<u8>) -> Result<Document, ExtractError> {
    let text = text.trim_start_matches('\u{feff}');
    // Excel says in a first line of its own what divides the others.
    let told = text.lines().next().and_then(|line| line.strip_prefix("sep="));
    let text =
        if told.is_some() { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text };
    let told = told.and_then(|sign| sign.bytes().next());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(divider.or(told).unwrap_or_else(|| divider_of(text)))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records().flatten().take(MAX_RECORDS) {
        let cells = record.iter().take(MAX_VALUES).map(|cell| cell.trim().to_owned());
        let cells: Vec<String> = cells.collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(cells);
        }
    }
    let mut outline = Outline::default();
    write(&mut outline, &rows);
    finished(outline)
}

fn finished(outline: Outline) -> Result<Document, ExtractError> {
    let blocks = outline.finish();
    match blocks.is_empty() {
        true => Err(ExtractError::Empty),
        false => Ok(Document { blocks, ..Document::default() }),
    }
}

/// What divides the values of most lines alike.
fn divider_of(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).take(LOOKED_AT).collect();
    let alike = |divider: &u8| {
        let counts = lines.iter().map(|line| line.bytes().filter(|b| b == divider).count());
        let counts: Vec<usize> = counts.collect();
        let first = counts.first().copied().unwrap_or(0);
        if first == 0 { 0 } else { counts.iter().filter(|count| **count == first).count() }
    };
    // Of two that divide alike the first: a comma may be in numbers.
    let dividers = [b';', b'\t', b'|', b','];
    let most = dividers.iter().map(alike).max().unwrap_or(0);
    dividers.into_iter().find(|divider| most > 0 && alike(divider) == most).unwrap_or(b',')
}

/// The text of a value that holds HTML, as exports of help centres have it.
fn without_markup(value: &str) -> Cow<'_, str> {
    let begins_tag = |(at, _): (usize, &str)| {
        let rest = value[at + 1..].trim_start_matches('/');
        rest.starts_with(|c: char| c.is_ascii_alphabetic()) && rest.contains('>')
    };
    let is_entity = |(at, _): (usize, &str)| {
        let name = value[at + 1..].split(';').next().unwrap_or_default();
        (2..=8).contains(&name.len())
            && value[at + 1..].len() > name.len()
            && name.trim_start_matches('#').chars().all(|c| c.is_ascii_alphanumeric())
    };
    let is_markup =
        value.match_indices('<').any(begins_tag) || value.match_indices('&').any(is_entity);
    if !is_markup {
        return Cow::Borrowed(value);
    }
    let home = Url::parse("file:///").map_err(|_| ExtractError::Empty);
    match home.and_then(|home| markdown::document(value, &home, None)) {
        Ok(document) => {
            let lines: Vec<String> = document.blocks.into_iter().map(|block| block.text).collect();
            Cow::Owned(lines.join("\n"))
        }
        Err(_) => Cow::Borrowed(value),
    }
}

/// Writes rows whose first one may name the columns. Lines of one value before them and behind
/// them, such as a title, are no records.
pub(crate) fn write(outline: &mut Outline, rows: &[Vec<String>]) {
    let is_record = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count() > 1;
    let (Some(first), Some(last)) =
        (rows.iter().position(is_record), rows.iter().rposition(is_record))
    else {
        return write_records(outline, rows);
    };
    let text = |outline: &mut Outline, rows: &[Vec<String>]| {
        for cell in rows.iter().flatten().filter(|cell| !cell.is_empty()) {
            outline.block(BlockKind::Text, cell);
        }
    };
    text(outline, &rows[..first]);
    write_records(outline, &rows[first..=last]);
    text(outline, &rows[last + 1..]);
}

fn write_records(outline: &mut Outline, rows: &[Vec<String>]) {
    let Some((head, rest)) = rows.split_first() else { return };
    let find = |names: &[&str]| head.iter().position(|cell| is_called(cell, names));
    if let (Some(question), Some(answer)) = (find(QUESTIONS), find(ANSWERS)) {
        for row in rest {
            let cell = |at: usize| row.get(at).map(String::as_str).unwrap_or_default();
            pair(outline, cell(question), cell(answer));
        }
        return;
    }
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut rows: Vec<tables::Row> = rows
        .iter()
        .map(|cells| tables::Row {
            cells: cells.iter().map(|cell| Arc::from(in_one_line(&without_markup(cell)))).collect(),
            width: cells.len().max(2),
            ..tables::Row::default()
        })
        .collect();
    // Who writes such a file begins with the names, unless they are none.
    let names = head.len() > 1
        && rest.len() > 1
        && head.iter().filter(|cell| !cell.is_empty()).count() * 3 >= width * 2
        && head.iter().all(|cell| cell.chars().count() <= 60 && cell.parse::<f64>().is_err());
    if let Some(first) = rows.first_mut() {
        first.names = names || (head.len() > 1 && rest.len() == 1);
    }
    for line in tables::lines(&rows) {
        outline.block(BlockKind::Row, &line);
    }
}

/// A record is a line, whatever breaks its cells have.
fn in_one_line(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a column or a value is called one of these, alone or among a few words.
fn is_called(cell: &str, names: &[&str]) -> bool {
    const SHORTEST: usize = 5;
    const MOST_WORDS: usize = 3;
    // "Question id" has no question.
    const OTHER: &[&str] =
        &["id", "no", "number", "date", "time", "type", "count", "author", "by", "category", "url"];
    let cell = cell.trim().to_lowercase();
    let words: Vec<&str> =
        cell.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let among = |word: &&str| word.chars().count() >= SHORTEST && names.contains(word);
    names.contains(&cell.as_str())
        || (words.len() <= MOST_WORDS
            && words.iter().any(among)
            && !words.iter().any(|word| OTHER.contains(word)))
}

fn pair(outline: &mut Outline, question: &str, answer: &str) {
    let (question, answer) = (without_markup(question), without_markup(answer));
    let (question, answer) = (question.trim(), answer.trim());
    if question.is_empty() || answer.is_empty() {
        return;
    }
    let scope = outline.begin();
    outline.label(question, Some(&scope));
    outline.block(BlockKind::Pair, answer);
    outline.end(scope);
}

/// Reads JSON: records in lists, whatever these are in, or one a line.
pub(crate) fn json(text: &str) -> Result<Document, ExtractError> {
    // Before anything is parsed. What is in a text is counted too, since only a parser could tell.
    if text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count() > MAX_JSON_VALUES {
        return Err(ExtractError::TooManyValues);
    }
    let text = text.trim_start_matches('\u{feff}');
    let mut outline = Outline::default();
    match serde_json::from_str::<Value>(text) {
        Ok(value) => walk(&mut outline, &value, 0),
        Err(_) => {
            let values = text.lines().filter_map(|line| serde_json::from_str(line.trim()).ok());
            values.take(MAX_RECORDS).for_each(|value: Value| walk(&mut outline, &value, 1));
        }
    }
    finished(outline)
}

/// Writes the records in a value. What holds lists of records is told by its name, and what else is
/// known of it; of the whole file only the records are.
fn walk(outline: &mut Outline, value: &Value, depth: usize) {
    match value {
        Value::Array(all) if all.iter().all(Value::is_array) && all.len() > 1 => {
            let cells = |row: &Value| {
                let cells = row.as_array().into_iter().flatten().take(MAX_VALUES);
                cells.map(said).collect::<Vec<String>>()
            };
            let rows: Vec<Vec<String>> = all.iter().take(MAX_RECORDS).map(cells).collect();
            write(outline, &rows);
        }
        Value::Array(all) => {
            all.iter().take(MAX_RECORDS).for_each(|one| walk(outline, one, depth.max(1)));
        }
        Value::Object(of) if depth < MAX_NESTED && pairs_of(of).is_empty() && is_holder(of) => {
            let scope = outline.begin();
            let holds = |value: &Value| holds_records(value, MAX_NESTED);
            let named = NAMES.iter().find_map(|name| of.get(*name)?.as_str());
            if let Some(name) = named.filter(|_| depth > 0) {
                outline.heading(2 + u8::try_from(depth.min(3)).unwrap_or(0), name);
                let plain: serde_json::Map<String, Value> = of
                    .iter()
                    .filter(|(_, value)| !holds(value))
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                if plain.len() > 1 {
                    record(outline, &Value::Object(plain));
                }
            }
            for value in of.values().filter(|value| holds(value)).take(MAX_VALUES) {
                walk(outline, value, depth + 1);
            }
            outline.end(scope);
        }
        value => record(outline, value),
    }
}

/// Whether an object holds records and is none itself.
fn is_holder(of: &serde_json::Map<String, Value>) -> bool {
    of.values().any(|value| holds_records(value, MAX_NESTED))
}

/// Whether a value has a list of records in it, this deep.
fn holds_records(value: &Value, deep: usize) -> bool {
    match value {
        Value::Array(all) => all.iter().any(Value::is_object),
        Value::Object(of) if deep > 0 => of.values().any(|value| holds_records(value, deep - 1)),
        _ => false,
    }
}

/// Questions with their answers, of a record that has such.
fn pairs_of(of: &serde_json::Map<String, Value>) -> Vec<(String, String)> {
    let find = |names: &[&str]| {
        let is = |value: &Value| match value {
            Value::Array(all) => !all.is_empty() && all.iter().all(Value::is_string),
            value => value.is_string(),
        };
        of.iter().find(|(name, value)| is_called(name, names) && is(value)).map(|(_, value)| value)
    };
    let asked = |question: &Value, answer: String| -> Vec<(String, String)> {
        let questions = match question {
            Value::Array(all) => all.iter().take(MAX_VALUES).map(said).collect(),
            one => vec![said(one)],
        };
        questions.into_iter().map(|question| (question, answer.clone())).collect()
    };
    if let (Some(question), Some(answer)) = (find(QUESTIONS), find(ANSWERS)) {
        // Several answers are ways to say one.
        return asked(question, said(answer.get(0).unwrap_or(answer)));
    }
    if let (Some(question), Some(answer)) = (of.get("name"), of.get("acceptedAnswer")) {
        return asked(question, said(answer.get("text").unwrap_or(answer)));
    }
    let asks = |(name, value): (&String, &Value)| {
        value.is_string() && name.trim_end().ends_with(['?', '？', '؟'])
    };
    if !of.is_empty() && of.iter().all(asks) {
        let pairs = of.iter().take(MAX_RECORDS);
        return pairs.map(|(question, answer)| (question.clone(), said(answer))).collect();
    }
    exchange(of).into_iter().collect()
}

fn record(outline: &mut Outline, value: &Value) {
    let Value::Object(of) = value else {
        return outline.block(BlockKind::Text, &said(value));
    };
    let pairs = pairs_of(of);
    if !pairs.is_empty() {
        return pairs.iter().for_each(|(question, answer)| pair(outline, question, answer));
    }
    let parts: Vec<String> = of
        .iter()
        .take(MAX_VALUES)
        .map(|(name, value)| (name, without_markup(&said(value)).into_owned()))
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    outline.block(BlockKind::Row, &parts.join(" | "));
}

/// What was asked and answered first, in a record of the messages of a chat.
fn exchange(of: &serde_json::Map<String, Value>) -> Option<(String, String)> {
    let messages = of.get("messages").or_else(|| of.get("conversations"))?.as_array()?;
    let of_role = |roles: &[&str]| {
        messages.iter().find_map(|message| {
            let role = message.get("role").or_else(|| message.get("from"))?.as_str()?;
            let text = message.get("content").or_else(|| message.get("value"))?;
            roles.contains(&role).then(|| said(text))
        })
    };
    Some((of_role(&["user", "human"])?, of_role(&["assistant", "gpt", "model"])?))
}

/// A value as text; what is in it, one level deep.
fn said(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Null => String::new(),
        Value::Array(all) => {
            let parts = all.iter().filter(|part| !part.is_object() && !part.is_array()).map(said);
            parts.take(MAX_VALUES).collect::<Vec<_>>().join(", ")
        }
        Value::Object(of) => {
            let plain = of.iter().filter(|(_, part)| !part.is_object() && !part.is_array());
            let parts = plain.take(MAX_VALUES).map(|(name, part)| format!("{name} {}", said(part)));
            parts.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(document: Result<Document, ExtractError>) -> Vec<String> {
        document.unwrap().blocks.into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn a_row_is_a_record_whatever_divides_it() {
        let expected = ["Berth: A1 | Fee: 12,50", "Berth: A2 | Fee: 14,00"];
        assert_eq!(texts(csv("Berth;Fee\nA1;12,50\nA2;14,00\n", None)), expected);
        assert_eq!(texts(csv("sep=,\nBerth,Fee\nA1,\"12,50\"\nA2,\"14,00\"\n", None)), expected);
        assert_eq!(texts(csv("Berth\tFee\nA1\t12,50\nA2\t14,00\n", Some(b'\t'))), expected);
        assert_eq!(texts(csv("1,2\n3,4\n5,6\n", None)), ["1 | 2", "3 | 4", "5 | 6"]);
        let broken = "Berth;Note\nA1;\"by the wall,\r\nno cables\"\nA2;free\n";
        let expected = ["Berth: A1 | Note: by the wall, no cables", "Berth: A2 | Note: free"];
        assert_eq!(texts(csv(broken, None)), expected);
    }

    #[test]
    fn questions_with_answers_are_pairs() {
        let rows = "Frage,Antwort\n\"Gibt es Strom?\",\"Ja, 16 A.\"\nGibt es WLAN?,Nein.\n";
        let document = csv(rows, None).unwrap();
        assert_eq!(&document.blocks[0].headings[..], ["Gibt es Strom?"]);
        assert_eq!(texts(Ok(document)), ["Gibt es Strom?\nJa, 16 A.", "Gibt es WLAN?\nNein."]);
        let lines =
            "{\"question\": \"Open?\", \"answer\": \"Daily.\"}\n{\"q\": \"Fee?\", \"a\": \"9.\"}\n";
        assert_eq!(texts(json(lines)), ["Open?\nDaily.", "Fee?\n9."]);
        let list = "\u{feff}{\"version\": 2, \"items\": [{\"name\": \"Rope\", \"price\": 4, \"sizes\": [8, 10]}]}";
        assert_eq!(texts(json(list)), ["name: Rope | price: 4 | sizes: 8, 10"]);
        let chat = r#"{"messages": [{"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Any showers?"}, {"role": "assistant", "content": "Six."}]}"#;
        assert_eq!(texts(json(&chat.replace('\n', ""))), ["Any showers?\nSix."]);
    }

    #[test]
    fn markup_in_values_is_read_and_signs_that_are_none_stay() {
        let rows = "question;answer\nPets?;\"<p>Small <em>ones</em>, 3&nbsp;€ &amp; a deposit.</p>\"\n\
                    Age?;\"< 6 free, > 65 half\"\nWho?;R&D and B&B\n";
        let read = texts(csv(rows, None));
        assert_eq!(read[0].replace('\u{a0}', " "), "Pets?\nSmall ones, 3 € & a deposit.");
        assert_eq!(read[1], "Age?\n< 6 free, > 65 half");
    }

    #[test]
    fn lines_of_one_value_around_a_table_are_no_records() {
        let rows = "Fees of the pier\n\nPier,Fee\nNorth,4\nSouth,6\n\nWater is free.\n";
        let expected = ["Fees of the pier", "Pier: North | Fee: 4", "Pier: South | Fee: 6"];
        let read = texts(csv(rows, Some(b',')));
        assert_eq!(
            (&read[..3], read[3].as_str()),
            (&expected.map(str::to_owned)[..], "Water is free.")
        );
    }

    #[test]
    fn pairs_are_found_whatever_they_are_in() {
        let intents = r#"{"intents": [{"tag": "a", "patterns": ["Open?", "Closed?"], "responses": ["Daily.", "Each day."]}]}"#;
        assert_eq!(texts(json(intents)), ["Open?\nDaily.", "Closed?\nDaily."]);
        let nested =
            r#"{"data": {"topics": [{"name": "Stay", "faqs": [{"q": "Late?", "a": "Ring."}]}]}}"#;
        let document = json(nested).unwrap();
        assert_eq!(document.blocks[0].headings[0], "Stay");
        assert_eq!(texts(Ok(document)), ["Late?\nRing."]);
        assert_eq!(texts(json(r#"{"Pets?": "Small ones.", "Bikes?": "In the shed."}"#)).len(), 2);
        assert_eq!(
            texts(json(r#"[["Pier", "Fee"], ["North", "4"], ["South", "6"]]"#))[0],
            "Pier: North | Fee: 4"
        );
        let data = r#"{"@type": "FAQPage", "mainEntity": [{"name": "Sauna?", "acceptedAnswer": {"text": "At six."}}]}"#;
        assert_eq!(texts(json(data)), ["Sauna?\nAt six."]);
        let rows = "Guest question;Our answer;Question id\nTowels?;Free.;7\n";
        assert_eq!(texts(csv(rows, None)), ["Towels?\nFree."]);
    }
}
