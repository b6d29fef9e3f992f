//! What a person sees: one document as every platform gets it, in files that can be read; and what holds for all
//! texts.

use std::{fs, path::PathBuf};

use domain::Platform;
use unicode_segmentation::UnicodeSegmentation;

use super::{Piece, markup::units, render, render_plain};

const PLATFORMS: [(Platform, usize); 5] = [
    (Platform::Telegram, 4_096),
    (Platform::Slack, 4_000),
    (Platform::Discord, 2_000),
    (Platform::Whatsapp, 4_096),
    (Platform::Messenger, 2_000),
];

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(name)
}

/// Compares with a file of `snapshots`; rewrites it where `UPDATE_SNAPSHOTS` is set.
fn compare(name: &str, found: &str) {
    let path = file(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == found,
        "{} differs. Read it, and if it is right: UPDATE_SNAPSHOTS=1 cargo test -p platforms\n{found}",
        path.display()
    );
}

fn shown(platform: Platform, pieces: &[Piece]) -> String {
    let mut text = String::new();
    for (nth, piece) in pieces.iter().enumerate() {
        // Telegram counts what is left once its tags are read.
        let is_parsed = platform == Platform::Telegram;
        let units = units(if is_parsed { &piece.plain } else { &piece.markup });
        let (number, of) = (nth + 1, pieces.len());
        text.push_str(&format!("════ {number} of {of}, {units} units\n{}\n", piece.markup));
        if platform == Platform::Telegram {
            text.push_str(&format!("──── without markup\n{}\n", piece.plain));
        }
    }
    text
}

#[test]
fn an_answer_looks_right_on_every_platform() {
    let markdown = fs::read_to_string(file("answer.markdown")).unwrap();
    for (platform, _) in PLATFORMS {
        let pieces = render(platform, &markdown, 10);
        compare(&format!("answer.{}.txt", platform.name()), &shown(platform, &pieces));
    }
}

/// Ten thousand characters of all that Markdown has, with a long code block and a long bold run to cut through.
fn long() -> String {
    let mut markdown = String::from("# A long answer\n\n");
    for section in 1..=6 {
        markdown.push_str(&format!("## Section {section}\n\n"));
        for sentence in 1..=8 {
            markdown.push_str(&format!(
                "Sentence {sentence} of section {section} has **bold words** and a [link](https://x.test/a?b=1&c=2). "
            ));
        }
        markdown.push_str("\n\n```python\n");
        for line in 1..=14 {
            markdown
                .push_str(&format!("    if line_{line} < {section}: print('<&>')  # 👍🏽 مرحبا\n"));
        }
        markdown.push_str("```\n\n");
    }
    let lines = (1..=90).map(|line| format!("line {line} of a long program\n"));
    markdown.push_str(&format!("```text\n{}```\n\n", lines.collect::<String>()));
    markdown.push_str(&format!("**{}**\n", ["one bold run without an end"; 100].join(" ")));
    assert!(markdown.chars().count() > 10_000);
    markdown
}

#[test]
fn ten_thousand_characters_are_cut_where_a_reader_would() {
    let markdown = long();
    for (platform, limit) in PLATFORMS {
        let pieces = render(platform, &markdown, 20);
        holds(platform, limit, &markdown, &pieces);
        compare(&format!("long.{}.txt", platform.name()), &shown(platform, &pieces));
    }
}

/// No piece is empty or too long, fences are even, and the pieces' plain text is the whole one's but for blanks.
fn holds(platform: Platform, limit: usize, markdown: &str, pieces: &[Piece]) {
    // An address is left out of a twin that it would make too long, and is there twice where its label is cut.
    let bare = |text: &str| {
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        bare.replace("(https://x.test/a?b=1&c=2)", "")
    };
    let mut joined = String::new();
    for piece in pieces {
        let counted = if platform == Platform::Telegram { &piece.plain } else { &piece.markup };
        assert!(
            units(counted) <= limit,
            "{platform:?}: {} > {limit}: {markdown:?}",
            units(counted)
        );
        assert!(units(&piece.plain) <= limit, "{platform:?} {markdown:?}");
        assert!(!piece.plain.trim().is_empty() && !piece.markup.trim().is_empty(), "{markdown:?}");
        let fences = piece.markup.lines().filter(|line| line.starts_with("```")).count();
        let has_none = [Platform::Telegram, Platform::Messenger].contains(&platform);
        assert!(has_none || fences.is_multiple_of(2), "{}", piece.markup);
        joined.push_str(&piece.plain);
    }
    let whole = render_unlimited(platform, markdown);
    assert_eq!(bare(&joined), bare(&whole), "{platform:?} {markdown:?}");
}

/// The plain text in one.
fn render_unlimited(platform: Platform, markdown: &str) -> String {
    let markup = super::markup_of(platform);
    let document = super::Document::read(markdown, markup.conventions());
    let end = document.text.len();
    super::plain::twin(&document, 0..end, usize::MAX)
}

/// Numbers that look random and are the same in each run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }
}

/// Whatever can be next to whatever.
const SCRAPS: [&str; 44] = [
    "word",
    " ",
    " ",
    "\n",
    "\n\n",
    "**",
    "*",
    "_",
    "__",
    "~~",
    "`",
    "```",
    "```rust\n",
    "\n```\n",
    "# ",
    "### ",
    "> ",
    "- ",
    "1. ",
    "  ",
    "[label](https://x.test/a?b=1&c=2)",
    "[x](tg://user?id=1)",
    "https://x.test/long_path_with_underscores",
    "<!channel>",
    "@everyone",
    "<b>",
    "</b>",
    "&lt;",
    "&",
    "| a | b |\n|---|---|\n| c | d |\n",
    "👩‍👩‍👧‍👦",
    "👍🏽",
    "e\u{301}",
    "مرحبا",
    "שלום",
    "日本語。",
    "!",
    ". ",
    "\\",
    "\t",
    "\u{202e}",
    "veryverylongwordwithoutanyblank",
    "\r\n",
    "---\n",
];

#[test]
fn whatever_a_model_writes_fits_and_comes_through_whole() {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for _ in 0..60 {
        let markdown: String =
            (0..numbers.below(1_500)).map(|_| SCRAPS[numbers.below(SCRAPS.len())]).collect();
        for (platform, limit) in PLATFORMS {
            let pieces = render(platform, &markdown, usize::MAX);
            holds(platform, limit, &markdown, &pieces);
            if platform == Platform::Slack {
                let sent: String = pieces.iter().map(|piece| piece.markup.as_str()).collect();
                assert!(!sent.contains("<!") && !sent.contains("<@"), "{sent}");
            }
            if platform == Platform::Telegram {
                pieces.iter().for_each(|piece| balanced(&piece.markup));
            }
        }
    }
}

/// Tags close in the order in which they opened, and nothing else looks like a tag.
fn balanced(html: &str) {
    let mut open = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, _) = part.split_once('>').expect("a tag ends");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{html}"),
            None => open.push(tag.split(' ').next().unwrap()),
        }
    }
    assert!(open.is_empty(), "{html}");
}

#[test]
fn no_grapheme_is_cut() {
    let family = "👩‍👩‍👧‍👦";
    for (platform, limit) in PLATFORMS {
        let text = family.repeat(limit / units(family) * 2 + 3);
        let pieces = render_plain(platform, &text, 10);
        assert!(pieces.len() > 2);
        for piece in pieces {
            assert!(piece.plain.graphemes(true).all(|grapheme| grapheme == family), "{platform:?}");
        }
        // One grapheme that is longer than any message.
        let pieces = render_plain(platform, &format!("e{}", "\u{301}".repeat(limit * 2)), 10);
        assert!(pieces.iter().all(|piece| units(&piece.markup) <= limit) && pieces.len() > 1);
    }
}

#[test]
fn the_last_piece_that_may_be_sent_says_that_there_was_more() {
    for (platform, limit) in PLATFORMS {
        let pieces = render(platform, &format!("```\n{}```", "a line of code\n".repeat(2_000)), 2);
        assert_eq!(pieces.len(), 2);
        for piece in &pieces {
            assert!(units(&piece.markup) <= limit || platform == Platform::Telegram);
            assert!(units(&piece.plain) <= limit);
        }
        assert!(pieces[1].markup.ends_with('…') && pieces[1].plain.ends_with('…'));
        assert!(!pieces[0].markup.ends_with('…'));
    }
    assert!(render(Platform::Slack, " \n\n", 3).is_empty());
}

/// A person's words are not Markdown.
#[test]
fn plain_text_is_what_was_typed() {
    let text = "2 * 3 * 4 = <24> & *so* [x](https://x.test)\n# 1. not_a_list";
    let of = |platform| render_plain(platform, text, 3).remove(0).markup;
    assert_eq!(
        of(Platform::Telegram),
        "2 * 3 * 4 = &lt;24&gt; &amp; *so* [x](https://x.test)\n# 1. not_a_list"
    );
    assert_eq!(of(Platform::Slack), of(Platform::Telegram));
    assert_eq!(
        of(Platform::Discord),
        "2 \\* 3 \\* 4 = \\<24\\> & \\*so\\* \\[x\\](https://x.test)\n\\# 1. not\\_a\\_list"
    );
    assert_eq!(
        (of(Platform::Whatsapp), of(Platform::Messenger)),
        (text.to_owned(), text.to_owned())
    );
}
