//! How pages in some languages announce what else there is to read.

use super::{calendars, code, feedback, furniture};

/// Beginnings of headings above links to other pages, in lower case.
const SECTIONS: &[&str] = &[
    // English
    "about the author",
    "also read",
    "continue reading",
    "don't miss",
    "editor's picks",
    "featured stories",
    "follow us",
    "further reading",
    "keep reading",
    "latest news",
    "latest posts",
    "latest stories",
    "leave a comment",
    "leave a reply",
    "more from",
    "more in ",
    "more news",
    "more on this",
    "more stories",
    "most popular",
    "most read",
    "most viewed",
    "now read",
    "partner news",
    "popular on",
    "popular posts",
    "read also",
    "read more",
    "read next",
    "recent posts",
    "recommended",
    "related",
    "share this",
    "similar articles",
    "sponsored",
    "stories you",
    "top stories",
    "trending",
    "up next",
    "what to read next",
    "you may also",
    "you might also",
    "you may be interested",
    "you might be interested",
    // German
    "auch interessant",
    "das könnte",
    "lesen sie auch",
    "mehr aus",
    "mehr zum thema",
    "meistgelesen",
    "schreibe einen kommentar",
    "verwandte",
    "weitere artikel",
    "weitere beiträge",
    "weitere meldungen",
    "weitere themen",
    "ähnliche",
    "zum weiterlesen",
    "über den autor",
    // French
    "articles similaires",
    "lire aussi",
    "sur le même sujet",
    "vous aimerez",
    "à lire aussi",
    "laisser un commentaire",
    "articles liés",
    // Spanish and Portuguese
    "artigos relacionados",
    "artículos relacionados",
    "deixe um comentário",
    "deja un comentario",
    "le puede interesar",
    "lea también",
    "lee también",
    "leia mais",
    "leia também",
    "más noticias",
    "noticias relacionadas",
    "notícias relacionadas",
    "también te puede",
    "te puede interesar",
    "veja mais",
    "veja também",
    "você pode gostar",
    "você também pode",
    // Italian
    "articoli correlati",
    "leggi anche",
    "potrebbe interessarti",
    // Polish, Dutch
    "czytaj także",
    "czytaj też",
    "podobne",
    "przeczytaj",
    "zobacz także",
    "zobacz też",
    "gerelateerd",
    "lees ook",
    "lees meer",
    // Russian, Chinese, Japanese
    "читайте также",
    "похожие",
    "самые популярные",
    "смотрите также",
    "相关阅读",
    "相关新闻",
    "推荐阅读",
    "関連記事",
];

/// Lines that are never text, as a whole and in lower case.
const LINES: &[&str] = &[
    "advert",
    "advertisement",
    "advertisements",
    "anzeige",
    "add a comment",
    "ask question",
    "be the first to like this",
    "- anzeige -",
    "annonce",
    "caption",
    "iklan",
    "click to expand",
    "click to expand...",
    "close",
    "comments",
    "contents",
    "copied",
    "copied!",
    "copy",
    "copy code",
    "copy link",
    "copy to clipboard",
    "download pdf",
    "e-mail",
    "email",
    "facebook",
    "follow",
    "gallery",
    "image",
    "improve this answer",
    "improve this question",
    "instagram",
    "kommentare",
    "linkedin",
    "load more",
    "loading",
    "loading...",
    "menu",
    "navigation",
    "newsletter",
    "no labels",
    "order reprints",
    "photo",
    "photos",
    "pinterest",
    "pocket",
    "print",
    "print article",
    "publicidad",
    "published using google docs",
    "publicidade",
    "publicité",
    "pubblicità",
    "read more",
    "reddit",
    "reklama",
    "report abuse",
    "save",
    "scroll to continue",
    "share",
    "share this",
    "share this article",
    "shares",
    "sign up",
    "skip to content",
    "skip to main content",
    "sponsored",
    "story continues below advertisement",
    "subscribe",
    "teilen",
    "text size",
    "toggle menu",
    "toggle navigation",
    "tweet",
    "twitter",
    "twittern",
    "video",
    "whatsapp",
    "реклама",
    "поделиться",
];

/// How a line begins that asks about the page or says what it is to its keepers, in lower case.
const BEGINNINGS: &[&str] = &[
    "did this answer your question",
    "did this help",
    "did you find it helpful",
    "did you find this",
    "edit this page",
    "edit on git",
    "have more questions? submit",
    "is this article helpful",
    "is this article useful",
    "is this page helpful",
    "is this page useful",
    "last modified",
    "last update",
    "not the answer you're looking for? browse",
    "on this page",
    "or ask your own question",
    "suggest changes",
    "suggest edits",
    "help us improve this article with your feedback",
    "table of contents",
    "thanks for your feedback",
    "thank you for your feedback",
    "thanks for letting us know",
    "vielen dank für ihr feedback",
    "danke für ihr feedback",
    "danke für dein feedback",
    "merci pour votre avis",
    "merci pour votre retour",
    "merci de votre retour",
    "merci pour vos commentaires",
    "gracias por tus comentarios",
    "gracias por sus comentarios",
    "gracias por tu opinión",
    "gracias por su opinión",
    "obrigado pelo seu feedback",
    "grazie per il feedback",
    "grazie per il tuo feedback",
    "bedankt voor je feedback",
    "bedankt voor uw feedback",
    "there was a problem submitting your feedback",
    "updated automatically every",
    "was this answer helpful",
    "was this article helpful",
    "was this article useful",
    "was this content helpful",
    "was this helpful",
    "was this information helpful",
    "was this page helpful",
    "was this page useful",
    "were you able to find",
    "war dieser artikel hilfreich",
    "war diese seite hilfreich",
    "war das hilfreich",
    "cet article vous a-t-il été utile",
    "cet article a-t-il été utile",
    "cette page vous a-t-elle été utile",
    "¿fue útil este artículo",
    "¿te ha resultado útil",
    "esse artigo foi útil",
    "questo articolo ti è stato utile",
    "was dit artikel nuttig",
];

/// What notices about cookies say, in lower case.
const COOKIES: &[&str] = &[
    "accept all cookies",
    "accept cookies",
    "cookie settings",
    "cookie-einstellungen",
    "cookie preferences",
    "manage cookies",
    "site uses cookies",
    "use of cookies",
    "uses cookies",
    "we use cookies",
    "we and our partners",
    "verwenden cookies",
    "verwendet cookies",
    "nutzen cookies",
    "nutzt cookies",
    "cookies zu",
    "utilisons des cookies",
    "utilise des cookies",
    "accepter les cookies",
    "utilizamos cookies",
    "usamos cookies",
    "utiliza cookies",
    "usa cookies",
    "utilizziamo i cookie",
    "utilizza cookie",
    "utilizza i cookie",
    "gebruiken cookies",
    "gebruikt cookies",
    "używamy plików cookie",
    "используем cookie",
    "используем файлы cookie",
];

/// What says that a list comes next, in lower case.
const INTRODUCTIONS: &[&str] = &[
    "the following",
    "as follows",
    "these ",
    "folgende",
    "wie folgt",
    "diese ",
    "les suivant",
    "suivants",
    "suivantes",
    "siguientes",
    "seguenti",
    "seguintes",
    "volgende",
    "następujące",
    "следующие",
    "以下",
    "次の",
];

/// Whether the end of a text says that a list comes next.
pub(super) fn introduces(text: &str) -> bool {
    let text = text.trim_end();
    let last = text.trim_end_matches('.').rsplit(['.', '!', '?']).next().unwrap_or_default();
    let last = plain(last);
    text.ends_with([':', '：']) || INTRODUCTIONS.iter().any(|phrase| last.contains(phrase))
}

/// What leads to other pages of a site, or to its things for sale, in English names and headings.
const PAGES: &[&str] = &[
    "article",
    "blog",
    "content",
    "entries",
    "entry",
    "for you",
    "guide",
    "item",
    "link",
    "news",
    "page",
    "post",
    "product",
    "question",
    "read",
    "stories",
    "story",
    "topic",
    "video",
    "sidebar",
    "newsletter",
];

/// Whether a class or a heading speaks of pages or products, not of a thing.
pub(super) fn names_pages(name: &str) -> bool {
    let name = name.to_lowercase();
    PAGES.iter().any(|word| name.contains(word))
}

/// Whether a heading announces other pages beyond doubt: "Recommended" may announce anything.
pub(super) fn surely_leads_elsewhere(heading: &str) -> bool {
    const DOUBTFUL: &[&str] = &["recommended", "related", "trending", "sponsored", "most popular"];
    let heading = plain(heading);
    let doubtful = DOUBTFUL.iter().find(|start| heading.starts_with(**start));
    doubtful.is_none_or(|start| heading == *start || names_pages(&heading))
}

/// Whether a text speaks of cookies or of what is known of its readers.
pub(super) fn is_about_cookies(text: &str) -> bool {
    const WORDS: &[&str] =
        &["cookie", "куки", "クッキー", "privacy", "datenschutz", "gdpr", "dsgvo"];
    let text = plain(text);
    WORDS.iter().any(|word| text.contains(word))
}

/// Whether a line that pages repeat is a notice about cookies: it says what they are used for, or asks for
/// consent.
pub(crate) fn is_notice(line: &str) -> bool {
    const USES: &[&str] = &[
        "use",
        "using",
        "ads",
        "advert",
        "accept",
        "agree",
        "allow",
        "consent",
        "partner",
        "personali",
        "privacy",
        "statist",
        "analy",
        "verwend",
        "nutz",
        "nutzung",
        "zustimm",
        "einwillig",
        "datenschutz",
        "utilis",
        "utiliz",
        "usa",
        "usamos",
        "gebruik",
        "używa",
        "использ",
    ];
    let line = plain(line);
    let mut words = line.split(|c: char| !c.is_alphanumeric());
    let cookies = line.contains("cookie") || line.contains("куки");
    cookies && words.any(|word| USES.iter().any(|start| word.starts_with(start)))
}

/// Whether a text is a notice about cookies.
pub(super) fn is_cookie_notice(text: &str) -> bool {
    let text = plain(text);
    COOKIES.iter().any(|phrase| text.contains(phrase))
}

/// Whether a heading announces other pages.
pub(super) fn leads_elsewhere(heading: &str) -> bool {
    let heading = plain(heading);
    let heading = heading.strip_prefix("our ").unwrap_or(&heading);
    heading.chars().count() <= 60
        && (SECTIONS.iter().any(|start| heading.starts_with(start)) || names_more(heading))
}

/// Whether a line that has links announces other pages, or names what it is filed under.
pub(super) fn leads_in(line: &str) -> bool {
    const FILED: &[&str] = &[
        "categories: ",
        "category: ",
        "filed in",
        "filed under",
        "posted in",
        "tag: ",
        "tagged",
        "tags ",
        "tags: ",
        "topics: ",
        "kategorien: ",
        "schlagwörter",
        "mots-clés",
        "etiquetas",
        "метки",
    ];
    let line = plain(line);
    FILED.iter().chain(SECTIONS).any(|start| line.starts_with(start))
}

/// Whether a heading is like "More great stories".
fn names_more(heading: &str) -> bool {
    const NAMES: &[&str] = &["articles", "coverage", "headlines", "news", "posts", "stories"];
    let heading = heading.trim_end_matches([':', '.', '…', ' ']);
    heading.starts_with("more ") && NAMES.iter().any(|name| heading.ends_with(name))
}

/// Whether a line is a label of something around the text.
pub(super) fn is_label(line: &str) -> bool {
    let line = plain(line);
    LINES.contains(&line.trim_end_matches([':', '…']))
        || code::is_bar(&line)
        || feedback::asks(&line)
        || feedback::counts(&line)
        || calendars::is_offer(&line)
        || furniture::is_line(&line)
        || BEGINNINGS.iter().any(|start| line.starts_with(start))
}

/// Whether a line asks whether the page was of use, whatever is behind the question.
pub(super) fn is_prompt(line: &str) -> bool {
    const LONGEST: usize = 60;
    const CLOSINGS: &[&str] = &["sorry we couldn't be helpful", "site design / logo"];
    let line = plain(line);
    CLOSINGS.iter().any(|start| line.starts_with(start))
        || furniture::is_line(&line)
        || line.contains("user contributions licensed under")
        || feedback::asks(&line)
        || feedback::counts(&line)
        || BEGINNINGS.iter().any(|start| {
            let asks = line.find('?').is_some_and(|at| at < start.len() + LONGEST);
            asks && line.starts_with(start)
        })
}

/// A text in lower case, spaces folded.
pub(super) fn plain(text: &str) -> String {
    super::folded(text).replace('’', "'").to_lowercase()
}
