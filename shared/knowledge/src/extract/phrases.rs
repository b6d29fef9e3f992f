//! How pages in some languages announce what else there is to read.

/// Beginnings of headings above links to other pages, in lower case.
const SECTIONS: &[&str] = &[
    // English
    "about the author", "also read", "continue reading", "don't miss", "editor's picks",
    "featured stories", "follow us", "further reading", "keep reading", "latest news",
    "latest posts", "latest stories", "leave a comment", "leave a reply", "more from", "more in ",
    "more news", "more on this", "more stories", "most popular", "most read", "most viewed",
    "now read", "partner news", "popular posts", "read also", "read more", "read next",
    "recent posts", "recommended", "related", "share this", "similar articles", "sponsored",
    "stories you", "top stories", "trending", "up next", "what to read next",
    "you may also", "you might also", "you may be interested", "you might be interested",
    // German
    "auch interessant", "das könnte", "lesen sie auch", "mehr aus", "mehr zum thema",
    "meistgelesen", "schreibe einen kommentar", "verwandte", "weitere artikel", "weitere beiträge",
    "weitere meldungen", "weitere themen", "ähnliche", "zum weiterlesen", "über den autor",
    // French
    "articles similaires", "lire aussi", "sur le même sujet", "vous aimerez", "à lire aussi",
    "laisser un commentaire", "articles liés",
    // Spanish and Portuguese
    "artigos relacionados", "artículos relacionados", "deixe um comentário", "deja un comentario",
    "le puede interesar", "lea también", "lee también", "leia mais", "leia também", "más noticias",
    "noticias relacionadas", "notícias relacionadas", "también te puede", "te puede interesar",
    "veja mais", "veja também", "você pode gostar", "você também pode",
    // Italian
    "articoli correlati", "leggi anche", "potrebbe interessarti",
    // Polish, Dutch
    "czytaj także", "czytaj też", "podobne", "przeczytaj", "zobacz także", "zobacz też",
    "gerelateerd", "lees ook", "lees meer",
    // Russian, Chinese, Japanese
    "читайте также", "похожие", "смотрите также", "相关阅读", "相关新闻", "推荐阅读", "関連記事",
];

/// Lines that are never text, as a whole and in lower case.
const LINES: &[&str] = &[
    "advert", "advertisement", "advertisements", "anzeige", "- anzeige -", "annonce", "close",
    "comments", "copy link", "download pdf", "e-mail", "email", "facebook", "follow", "gallery",
    "image", "instagram", "kommentare", "linkedin", "load more", "loading", "loading...",
    "newsletter", "order reprints", "photo", "photos", "pinterest", "pocket", "print",
    "print article", "publicidad", "publicidade", "publicité", "pubblicità", "read more", "reddit",
    "reklama", "save", "scroll to continue", "share", "share this", "share this article",
    "shares", "sign up", "skip to content", "sponsored", "story continues below advertisement",
    "subscribe", "teilen", "text size", "tweet", "twitter", "twittern", "video", "whatsapp",
    "реклама", "поделиться",
];

/// Whether a heading announces other pages.
pub(super) fn leads_elsewhere(heading: &str) -> bool {
    let heading = plain(heading);
    heading.chars().count() <= 60 && SECTIONS.iter().any(|start| heading.starts_with(start))
}

/// Whether a line is a label of something around the text.
pub(super) fn is_label(line: &str) -> bool {
    line.len() <= 60 && LINES.contains(&plain(line).trim_end_matches([':', '…']))
}

fn plain(text: &str) -> String {
    super::folded(text).replace('’', "'").to_lowercase()
}
