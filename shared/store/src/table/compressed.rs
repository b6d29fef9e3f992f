//! Long texts in fewer bytes, since a write is paid for by the kilobyte: `#[serde(with = …)]` for
//! fields of items. Short ones stay as they are, and so is read what was stored before.

use std::fmt;

use miniz_oxide::{deflate::compress_to_vec, inflate::decompress_to_vec_with_limit};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeOwned, SeqAccess, Visitor, value::SeqAccessDeserializer},
};

/// Shorter texts gain too little.
const LEAST: usize = 200;
/// More than any item holds.
const MOST: usize = 4 * 1024 * 1024;
/// As small as a few microseconds allow.
const LEVEL: u8 = 6;

fn pack(text: &str) -> Option<Vec<u8>> {
    let packed = (text.len() >= LEAST).then(|| compress_to_vec(text.as_bytes(), LEVEL))?;
    (packed.len() < text.len()).then_some(packed)
}

fn unpack<E: de::Error>(packed: &[u8]) -> Result<String, E> {
    let bytes = decompress_to_vec_with_limit(packed, MOST).map_err(E::custom)?;
    String::from_utf8(bytes).map_err(E::custom)
}

/// A text.
pub(crate) mod text {
    use super::*;

    pub fn serialize<S: Serializer>(text: &str, to: S) -> Result<S::Ok, S::Error> {
        match pack(text) {
            Some(packed) => to.serialize_bytes(&packed),
            None => to.serialize_str(text),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = String;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, packed or not")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
                Ok(text.to_owned())
            }

            fn visit_bytes<E: de::Error>(self, packed: &[u8]) -> Result<String, E> {
                unpack(packed)
            }
        }
        from.deserialize_any(Text)
    }
}

/// A list, packed as JSON.
pub(crate) mod list {
    use super::*;

    pub fn serialize<T: Serialize, S: Serializer>(list: &[T], to: S) -> Result<S::Ok, S::Error> {
        let json = serde_json::to_string(list).map_err(serde::ser::Error::custom)?;
        match pack(&json) {
            Some(packed) => to.serialize_bytes(&packed),
            None => list.serialize(to),
        }
    }

    pub fn deserialize<'de, T, D>(from: D) -> Result<Vec<T>, D::Error>
    where
        T: DeserializeOwned,
        D: Deserializer<'de>,
    {
        struct List<T>(std::marker::PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for List<T> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list, packed or not")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Vec<T>, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(items))
            }

            fn visit_bytes<E: de::Error>(self, packed: &[u8]) -> Result<Vec<T>, E> {
                serde_json::from_str(&unpack::<E>(packed)?).map_err(E::custom)
            }
        }
        from.deserialize_any(List(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;
    use crate::table::client::Item;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Packed {
        #[serde(with = "text")]
        text: String,
        #[serde(with = "list")]
        list: Vec<String>,
    }

    fn stored(packed: &Packed) -> Item {
        serde_dynamo::to_item(packed).unwrap()
    }

    #[test]
    fn long_ones_are_packed_and_all_come_back() {
        let long = "When is a failed delivery tried again? After five seconds. ".repeat(9);
        for text in ["", "short", "ü€😀", &long, &"é".repeat(1000)] {
            let packed = Packed { text: text.to_owned(), list: vec![text.to_owned(); 2] };
            let item = stored(&packed);
            let small =
                matches!(&item["text"], AttributeValue::B(b) if b.as_ref().len() < text.len() / 2);
            assert_eq!(small, text.len() >= LEAST, "{text}");
            assert_eq!(serde_dynamo::from_item::<_, Packed>(item).unwrap(), packed);
        }
    }

    #[test]
    fn what_was_stored_before_is_read_and_what_is_broken_is_refused() {
        let text = |value| {
            Item::from([("text".to_owned(), value), ("list".to_owned(), AttributeValue::L(vec![]))])
        };
        let plain = text(AttributeValue::S("x".repeat(1000)));
        assert_eq!(serde_dynamo::from_item::<_, Packed>(plain).unwrap().text.len(), 1000);
        let broken = text(AttributeValue::B(b"no deflate".to_vec().into()));
        assert!(serde_dynamo::from_item::<_, Packed>(broken).is_err());
    }
}
