//! Pages by number: which rows of a list a client requests.

use crate::{Result, bounds};

/// Rows on a page unless asked otherwise.
pub const ROWS: u32 = 20;
/// The maximum number of rows on a page.
pub const MAX_ROWS: u32 = 100;

/// A page of a list, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListPage {
    /// Which one.
    pub number: u32,
    /// How many rows it has, unless it is the last.
    pub rows: u32,
}

impl ListPage {
    /// From two query parameters, each by its name in the dialect: which page, and how many rows.
    pub fn new(
        (number_name, number): (&str, Option<&str>),
        (rows_name, rows): (&str, Option<&str>),
    ) -> Result<Self> {
        Ok(Self {
            number: bounds::number(number_name, number, 1, (1, u32::MAX))?,
            rows: bounds::number(rows_name, rows, ROWS, (1, MAX_ROWS))?,
        })
    }

    /// How many rows come before it.
    pub fn offset(self) -> u64 {
        u64::from(self.number.saturating_sub(1)) * u64::from(self.rows)
    }

    /// How many rows there are up to its end.
    pub fn end(self) -> u64 {
        self.offset() + u64::from(self.rows)
    }

    /// Its rows, of all there are.
    pub fn of<T>(self, all: impl IntoIterator<Item = T>) -> Vec<T> {
        let skip = usize::try_from(self.offset()).unwrap_or(usize::MAX);
        let take = usize::try_from(self.rows).unwrap_or(usize::MAX);
        all.into_iter().skip(skip).take(take).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(number: Option<&str>, rows: Option<&str>) -> Result<ListPage> {
        ListPage::new(("page", number), ("per_page", rows))
    }

    #[test]
    fn a_page_is_within_bounds_or_an_error_that_names_it() {
        assert_eq!(page(None, None).unwrap(), ListPage { number: 1, rows: 20 });
        assert_eq!(page(Some("3"), Some("100")).unwrap(), ListPage { number: 3, rows: 100 });
        for bad in ["0", "-1", "", "one", "1.5", "4294967296"] {
            assert_eq!(page(Some(bad), None).unwrap_err().fields[0].field, "page", "{bad}");
        }
        for bad in ["0", "101", "-1", "", "all"] {
            assert_eq!(page(None, Some(bad)).unwrap_err().fields[0].field, "per_page", "{bad}");
        }
    }

    #[test]
    fn pages_cut_a_list_without_gap_or_overlap() {
        let all = 0..7;
        let rows = |number| ListPage { number, rows: 3 }.of(all.clone());
        assert_eq!([rows(1), rows(2), rows(3), rows(4)].concat(), all.clone().collect::<Vec<_>>());
        assert_eq!((rows(3), rows(4), rows(u32::MAX)), (vec![6], vec![], vec![]));
        let last = ListPage { number: u32::MAX, rows: 100 };
        assert_eq!((last.offset(), last.end()), (429_496_729_400, 429_496_729_500));
    }
}
