//! Lists of deliveries, and which of them are sent again.

use std::fmt;

use crate::{
    Delivery, DeliveryId, DeliveryStatus, Error, Result, Timestamp, bounds,
    page::{MAX_ROWS, ROWS},
};

/// The cursor of a list of deliveries: the last one seen. To clients it is opaque text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryCursor {
    /// When the last delivery seen was made.
    pub created_at: Timestamp,
    /// Its id.
    pub id: DeliveryId,
}

/// Hex digits of the time in a cursor, and of the id.
const DIGITS: (usize, usize) = (12, 32);

impl fmt::Display for DeliveryCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012x}{}", self.created_at.millis().max(0), self.id.uuid().simple())
    }
}

impl DeliveryCursor {
    /// The cursor in the parameter `field`.
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        let wrong = || Error::field(field, "must be the cursor of an earlier answer");
        let hex = |c: u8| matches!(c, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != DIGITS.0 + DIGITS.1 || !text.bytes().all(hex) {
            return Err(wrong());
        }
        let (time, id) = text.split_at(DIGITS.0);
        let millis = i64::from_str_radix(time, 16).map_err(|_| wrong())?;
        let dashed = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
        let id = dashed.parse().map_err(|_| wrong())?;
        let created_at = Timestamp::from_millis(millis);
        if !created_at.is_plain() {
            return Err(wrong());
        }
        Ok(Self { created_at, id })
    }
}

/// Which deliveries of a subscription are listed, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryQuery {
    /// Those of one status, or all.
    pub status: Option<DeliveryStatus>,
    /// The maximum number.
    pub limit: u32,
    /// What they come after.
    pub after: Option<DeliveryCursor>,
}

impl DeliveryQuery {
    /// From the parameters `status`, `limit` and `cursor`.
    pub fn new(status: Option<&str>, limit: Option<&str>, cursor: Option<&str>) -> Result<Self> {
        Ok(Self {
            status: status.map(|text| DeliveryStatus::named("status", text)).transpose()?,
            limit: bounds::number("limit", limit, ROWS, (1, MAX_ROWS))?,
            after: cursor.map(|text| DeliveryCursor::parse("cursor", text)).transpose()?,
        })
    }
}

/// Deliveries that are listed.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryPage {
    /// Newest first.
    pub deliveries: Vec<Delivery>,
    /// The cursor of the next page, unless the list ends here.
    pub next: Option<DeliveryCursor>,
}

/// Which deliveries are sent again: those of events between two times, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplayRange {
    /// The earliest time.
    pub since: Timestamp,
    /// The latest.
    pub until: Timestamp,
    /// Those of one status, or all that are settled.
    pub status: Option<DeliveryStatus>,
    /// What they come after, newest first.
    pub after: Option<DeliveryCursor>,
}

impl ReplayRange {
    /// From the fields `since`, `until`, `status` and `cursor`.
    pub fn new(
        since: Option<&str>,
        until: Option<&str>,
        status: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<Self> {
        let time = |field: &str, text: Option<&str>| {
            let at = bounds::required(field, text).map(Timestamp::parse)?;
            at.filter(|at| at.is_plain())
                .ok_or_else(|| Error::field(field, "must be an RFC 3339 time since 1970"))
        };
        let (since, until) = (time("since", since)?, time("until", until)?);
        if until < since {
            return Err(Error::field("until", "must not be before since"));
        }
        Ok(Self {
            since,
            until,
            status: status.map(|text| DeliveryStatus::named("status", text)).transpose()?,
            after: cursor.map(|text| DeliveryCursor::parse("cursor", text)).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is_one() {
        let at = Timestamp::parse("2026-02-15T10:30:00.120Z").unwrap();
        let id = DeliveryId::derived_at(at, &["a"]);
        let cursor = DeliveryCursor { created_at: at, id };
        let text = cursor.to_string();
        assert_eq!(DeliveryCursor::parse("cursor", &text).unwrap(), cursor);
        let last = format!("{}{}", "f".repeat(12), &text[12..]);
        for bad in ["", "1", &text[1..], &text.to_uppercase(), &text.replace('0', "é"), &last] {
            let error = DeliveryCursor::parse("cursor", bad).unwrap_err();
            assert_eq!(error.fields[0].field, "cursor", "{bad}");
        }
    }

    #[test]
    fn a_delivery_s_id_says_when_it_was_made_and_follows_from_its_parts() {
        let at = Timestamp::parse("2026-02-15T10:30:00.120Z").unwrap();
        let id = DeliveryId::derived_at(at, &["event", "webhook"]);
        assert_eq!(id, DeliveryId::derived_at(at, &["event", "webhook"]));
        assert_ne!(id, DeliveryId::derived_at(at, &["event", "other"]));
        assert_eq!(id.made_at(), Some(at));
    }

    #[test]
    fn a_range_has_two_times_in_order() {
        let (early, late) = ("2026-02-15T10:30:00Z", "2026-02-15T11:30:00Z");
        let named = |since, until| {
            let error = ReplayRange::new(since, until, None, None).unwrap_err();
            error.fields[0].field.clone()
        };
        assert_eq!(named(None, Some(late)), "since");
        assert_eq!(named(Some(early), None), "until");
        assert_eq!(named(Some("yesterday"), Some(late)), "since");
        assert_eq!(named(Some(late), Some(early)), "until");
        assert!(ReplayRange::new(Some(early), Some(early), Some("failed"), None).is_ok());
    }
}
