//! JSON as `JSON.stringify(JSON.parse(text))` leaves it. JavaScript moves keys that look like an
//! array's index to the front, in ascending order, and has one kind of number, which it prints in
//! its own way.

use std::io;

use serde::Serialize;
use serde_json::{Map, Serializer, Value, ser::Formatter};

/// The largest key that counts as an index.
const LAST_INDEX: u32 = u32::MAX - 1;

/// `value` as JSON text, its numbers as JavaScript prints them. Objects in it have to be
/// [`ordered`] already.
pub fn stringify(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    // Strings, numbers and maps with string keys always serialize into memory.
    let written = value.serialize(&mut Serializer::with_formatter(&mut bytes, Numbers));
    written.ok().and_then(|()| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// `map` with its keys, and those of all objects in it, in the order that JavaScript gives them.
pub fn ordered(map: Map<String, Value>) -> Map<String, Value> {
    let mut entries: Vec<(String, Value)> =
        map.into_iter().map(|(key, value)| (key, in_order(value))).collect();
    // Stable, so that all other keys stay as they came.
    entries.sort_by_key(|(key, _)| index(key).map_or(u64::MAX, u64::from));
    entries.into_iter().collect()
}

fn in_order(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(ordered(map)),
        Value::Array(items) => Value::Array(items.into_iter().map(in_order).collect()),
        plain => plain,
    }
}

/// The array index that `key` spells: in decimal, without leading zeros or sign.
fn index(key: &str) -> Option<u32> {
    let index = key.parse::<u32>().ok().filter(|index| *index <= LAST_INDEX)?;
    (index.to_string() == key).then_some(index)
}

/// Compact JSON with JavaScript's numbers.
struct Numbers;

impl Formatter for Numbers {
    fn write_i64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: i64) -> io::Result<()> {
        writer.write_all(number(value as f64).as_bytes())
    }

    fn write_u64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: u64) -> io::Result<()> {
        writer.write_all(number(value as f64).as_bytes())
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(number(value).as_bytes())
    }
}

/// A finite number as ECMAScript's `Number::toString` has it.
fn number(value: f64) -> String {
    if value == 0.0 {
        // Minus zero too.
        return "0".to_owned();
    }
    let sign = if value < 0.0 { "-" } else { "" };
    // The shortest digits that lead back to the value, as in `1.25e-7`.
    let shortest = format!("{:e}", value.abs());
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let text = match exponent {
        0..=20 if count <= exponent + 1 => format!("{digits}{}", zeros(exponent + 1 - count)),
        0..=20 => {
            let (whole, rest) = digits.split_at(usize::try_from(exponent + 1).unwrap_or(1));
            format!("{whole}.{rest}")
        }
        -6..=-1 => format!("0.{}{digits}", zeros(-exponent - 1)),
        _ => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            format!("{first}{point}{rest}e{exponent:+}")
        }
    };
    format!("{sign}{text}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The right-hand sides are what Node.js prints.
    #[test]
    fn numbers_are_printed_as_javascript_prints_them() {
        for (value, text) in [
            (1.0, "1"),
            (-0.0, "0"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (0.000_001, "0.000001"),
            (0.000_000_1, "1e-7"),
            (0.000_001_234, "0.000001234"),
            (-1.25e-7, "-1.25e-7"),
            (123_456_789.125, "123456789.125"),
            (1e20, "100000000000000000000"),
            (1.5e20, "150000000000000000000"),
            (1e21, "1e+21"),
            (1.25e21, "1.25e+21"),
            (1.797_693_134_862_315_7e308, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (9_007_199_254_740_993.0, "9007199254740992"),
        ] {
            assert_eq!(number(value), text);
        }
        let integers = json!([9_007_199_254_740_993_u64, u64::MAX, i64::MIN, 7]);
        assert_eq!(
            stringify(&integers),
            "[9007199254740992,18446744073709552000,-9223372036854776000,7]"
        );
    }

    #[test]
    fn keys_that_look_like_an_index_come_first_in_ascending_order() {
        let fields = json!({
            "size": {"b": 1, "3": 2, "a": 3, "1": 4},
            "10": "ten", "9": [{"x": 1, "0": 2}], "01": "no index", "-1": "nor this",
            "4294967294": "the last index", "4294967295": "past it", "1.5": "no", "": "no",
        });
        let Value::Object(fields) = fields else { panic!("an object") };
        assert_eq!(
            stringify(&ordered(fields)),
            r#"{"9":[{"0":2,"x":1}],"10":"ten","4294967294":"the last index","size":{"1":4,"3":2,"b":1,"a":3},"01":"no index","-1":"nor this","4294967295":"past it","1.5":"no","":"no"}"#
        );
    }
}
