//! What is known of a passage beside its text: what it mostly is, and its language.

use domain::source::ChunkKind;

use crate::{
    extract::{BlockKind, Document},
    text::{self, Language},
};

/// About how many bytes of a page its language is told by.
const SAMPLE: usize = 4_000;

/// How much of a passage is of each kind, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kinds {
    bytes: [usize; ChunkKind::ALL.len()],
    /// Whether it begins with a question and its answer, which may have further paragraphs.
    begins_as_pair: bool,
}

impl Kinds {
    /// Of a block with `bytes` of text.
    pub(super) fn of(kind: BlockKind, bytes: usize) -> Self {
        let kind = match kind {
            BlockKind::Text | BlockKind::Item => ChunkKind::Text,
            BlockKind::Step => ChunkKind::Steps,
            BlockKind::Row => ChunkKind::Table,
            BlockKind::Code => ChunkKind::Code,
            BlockKind::Pair => ChunkKind::Pair,
        };
        let mut kinds = Self { begins_as_pair: kind == ChunkKind::Pair, ..Self::default() };
        kinds.bytes[kind as usize] = bytes;
        kinds
    }

    /// Of both, one after the other.
    pub(super) fn and(self, other: Self) -> Self {
        let mut bytes = self.bytes;
        bytes.iter_mut().zip(other.bytes).for_each(|(all, more)| *all += more);
        Self { bytes, ..self }
    }

    /// What most of it is.
    pub(super) fn most(self) -> ChunkKind {
        if self.begins_as_pair {
            return ChunkKind::Pair;
        }
        let bytes = |kind: &ChunkKind| self.bytes[*kind as usize];
        // Of as much text as anything else, it is text.
        let most = ChunkKind::ALL.into_iter().rev().max_by_key(bytes);
        most.unwrap_or_default()
    }
}

/// The language of a page: as it says, unless its words are plainly of another one, as those of a page
/// are whose template was made in another country.
pub(super) fn language(document: &Document) -> Option<String> {
    let prose = document.blocks.iter().filter(|block| block.kind != BlockKind::Code);
    let mut sample = String::new();
    for block in prose {
        let room = SAMPLE.saturating_sub(sample.len());
        if room == 0 {
            break;
        }
        sample.extend(block.text.chars().take(room));
        sample.push('\n');
    }
    let Some(said) = &document.language else {
        return text::detect_plainly(&sample, None).map(|language| language.code().to_owned());
    };
    let base = said.split('-').next().unwrap_or_default().to_ascii_lowercase();
    match Language::ALL.iter().find(|language| language.code() == base) {
        Some(claimed) => {
            let spoken = text::detect_plainly(&sample, Some(*claimed));
            Some(spoken.map_or_else(|| said.clone(), |spoken| spoken.code().to_owned()))
        }
        // No list of words tells what is said of it.
        None => Some(said.clone()),
    }
}

#[cfg(test)]
mod tests {
    use domain::source::Chunk;
    use url::Url;

    use super::*;
    use crate::{chunk::chunks, extract, extract::Block, file};

    fn kinds(blocks: &[(&str, BlockKind, &str)]) -> Vec<ChunkKind> {
        let block = |(heading, kind, text): &(&str, BlockKind, &str)| Block {
            kind: *kind,
            ..Block::new(&[*heading], *text)
        };
        let blocks = blocks.iter().map(block).collect();
        let document = Document { blocks, ..Document::default() };
        let made = chunks(&document, &Url::parse("https://example.com/").unwrap());
        made.iter().map(|chunk| chunk.kind).collect()
    }

    #[test]
    fn a_passage_is_what_most_of_it_is() {
        use BlockKind::{Code, Item, Pair, Row, Step, Text};
        for (blocks, kind) in [
            (&[("A", Text, "Some prose.")][..], ChunkKind::Text),
            (&[("A", Text, "A list:"), ("A", Item, "- of things")], ChunkKind::Text),
            (&[("A", Text, "Do this:"), ("A", Step, "1. Open the lid.")], ChunkKind::Steps),
            (&[("A", Text, "Prices"), ("A", Row, "Size: S | Price: 9 euros")], ChunkKind::Table),
            (&[("A", Text, "Run it:"), ("A", Code, "cargo run --release")], ChunkKind::Code),
            (
                &[("A", Text, "Run it with the following command:"), ("A", Code, "make")],
                ChunkKind::Text,
            ),
            (
                &[("A", Pair, "Why?\nSo."), ("A", Text, "And for longer reasons, too.")],
                ChunkKind::Pair,
            ),
            (&[("A", Text, "four"), ("A", Code, "four")], ChunkKind::Text),
        ] {
            assert_eq!(kinds(blocks), [kind], "{blocks:?}");
        }
        let two = [("A", Row, "Size: S | Price: 9"), ("B", Code, "make")];
        assert_eq!(kinds(&two), [ChunkKind::Table, ChunkKind::Code]);
    }

    fn of_page(html: &str) -> Vec<Chunk> {
        let url = Url::parse("https://example.com/").unwrap();
        chunks(&extract::html(html, &url).unwrap(), &url)
    }

    #[test]
    fn markup_tells_the_kind() {
        let made = of_page(
            "<main><h1>Kiln</h1><h2>Sizes</h2><table><tr><th>Model<th>Litres<tr><td>K1<td>40\
             <tr><td>K2<td>90</table><h2>Start it</h2><ol><li>Close the door firmly.<li>Turn the \
             knob.</ol><h2>By program</h2><pre><code>kiln --start --model K2\nkiln --status</code>\
             </pre><h2>Care</h2><p>Wipe the door with a damp cloth each week.</p></main>",
        );
        let kinds: Vec<_> = made.iter().map(|chunk| chunk.kind.name()).collect();
        assert_eq!(kinds, ["table", "steps", "code", "text"], "{made:#?}");
        let records = b"question,answer\nIs there parking?,\"Yes, behind the house.\"\n";
        let records = file::read("faq.csv", "text/csv", records).unwrap();
        let made = crate::chunk::chunks_of_file(&records, "faq.csv");
        assert!(made.iter().all(|chunk| chunk.kind == ChunkKind::Pair), "{made:?}");
    }

    #[test]
    fn the_language_is_what_the_page_says_unless_its_words_are_plainly_others() {
        let german = "<p>Die Werkstatt ist von Montag bis Freitag geöffnet, und am Samstag nur \
            nach Vereinbarung. Wer etwas abholen will, ruft vorher an, damit die Stücke nicht \
            mehr im Ofen sind.</p>";
        let english = "<p>The workshop is open from Monday to Friday, and on Saturdays by \
            appointment. Call before you come for your pieces, so that they are not in the kiln.</p>";
        for (lang, body, language) in [
            ("lang=de-AT", german, Some("de-AT")),
            ("", german, Some("de")),
            ("lang=en", german, Some("de")),
            ("lang=en-GB", english, Some("en-GB")),
            ("", english, Some("en")),
            ("lang=de", english, Some("en")),
            // Too little to contradict what the page says, and too little to tell.
            ("lang=fr", "<p>Kiln K2: 90 litres.</p>", Some("fr")),
            ("", "<p>Kiln K2, 90 l</p>", None),
            // No words of it are known here.
            ("lang=is", "<p>Verkstæðið er opið alla virka daga.</p>", Some("is")),
            // Near to each other, and the page knows.
            (
                "lang=da",
                "<p>Vi har åpent hver dag, og du kan komme når det passer.</p>",
                Some("da"),
            ),
            ("lang=en", "<p>Мастерская открыта по будням, звоните нам заранее.</p>", Some("ru")),
        ] {
            let made = of_page(&format!("<html {lang}><main>{body}</main></html>"));
            assert_eq!(made[0].language.as_deref(), language, "{lang} {body}");
        }
    }
}
