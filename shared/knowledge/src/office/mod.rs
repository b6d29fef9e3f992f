//! Files of office programs and books: XML in an archive. Each is written down as the page that it
//! becomes, so that headings, lists and tables are those of a page.
//!
//! An archive says of itself how large what is in it is, which may be a lie: what is unpacked is
//! counted, over all of a file's parts.

mod docx;
mod epub;
mod markup;
mod number_formats;
mod odt;
mod pptx;
mod sheet_layout;
mod spans;
mod xlsx;

pub(crate) use docx::docx;
pub(crate) use epub::epub;
pub(crate) use odt::odt;
pub(crate) use pptx::pptx;
pub(crate) use xlsx::xlsx;

use std::{
    collections::HashMap,
    io::{Cursor, Read},
};

use zip::ZipArchive;

use crate::extract::ExtractError;

#[cfg(test)]
mod kinds_tests;
#[cfg(test)]
mod tests;

/// Bytes unpacked of one file at most.
const MAX_UNPACKED: u64 = 48 * 1024 * 1024;
/// Parts that a file has at most.
const MAX_PARTS: usize = 10_000;

/// Why a file has no text. Fit for its owner's eyes.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum OfficeError {
    /// No such file, whatever its type says.
    #[error("the file can't be understood")]
    Broken,
    /// It holds far more than it seems to.
    #[error("the file is too large once it is unpacked")]
    TooLarge,
    /// It opens with a password only.
    #[error("the file is encrypted")]
    Encrypted,
    /// It has no text.
    #[error("the file has no readable text")]
    Empty,
    /// Its text can't be read as a page.
    #[error("{0}")]
    Extract(#[from] ExtractError),
}

/// An archive, and how much of it may still be unpacked.
struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    left: u64,
}

impl<'b> Archive<'b> {
    fn open(bytes: &'b [u8]) -> Result<Self, OfficeError> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| OfficeError::Broken)?;
        match zip.len() > MAX_PARTS {
            true => Err(OfficeError::TooLarge),
            false => Ok(Self { zip, left: MAX_UNPACKED }),
        }
    }

    /// A part as text, if it is there.
    fn text(&mut self, name: &str) -> Result<Option<String>, OfficeError> {
        let Ok(part) = self.zip.by_name(name) else { return Ok(None) };
        if part.encrypted() {
            return Err(OfficeError::Encrypted);
        }
        let mut bytes = Vec::new();
        part.take(self.left + 1).read_to_end(&mut bytes).map_err(|_| OfficeError::Broken)?;
        let read = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.left = self.left.checked_sub(read).ok_or(OfficeError::TooLarge)?;
        Ok(Some(crate::charset::decoded(&bytes, "application/xml", None)))
    }

    /// A part that has to be there.
    fn needed(&mut self, name: &str) -> Result<String, OfficeError> {
        self.text(name)?.ok_or(OfficeError::Broken)
    }

    /// Where the relations of a part lead, by their ids.
    fn relations(&mut self, part: &str) -> Result<HashMap<String, String>, OfficeError> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let at = format!("{folder}/_rels/{name}.rels");
        let Some(xml) = self.text(at.trim_start_matches('/'))? else { return Ok(HashMap::new()) };
        let mut relations = HashMap::new();
        markup::each(&xml, |event| {
            if let markup::Event::Open(tag) = event
                && tag.name == "Relationship"
                && let (Some(id), Some(target)) = (tag.get("Id"), tag.get("Target"))
            {
                relations.insert(id.to_owned(), resolved(folder, target));
            }
        });
        Ok(relations)
    }
}

/// The name of the part that `target` means in `folder`.
fn resolved(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = match target.starts_with('/') {
        true => Vec::new(),
        false => folder.split('/').filter(|part| !part.is_empty()).collect(),
    };
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
