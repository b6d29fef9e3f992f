//! Lines and lists that belong to the site and say nothing of what the page is about: back to its top,
//! that it is being loaded, who else is reading, where its shop keeps the cart.

use super::{
    boilerplate_phrases::plain,
    page::{Node, PageTree},
    tag::Tag,
};

/// What leads to the top of a page, in lower case and without its arrow.
const TO_TOP: &[&str] = &[
    "back to top",
    "back to the top",
    "back to top of page",
    "go to top",
    "return to top",
    "scroll to top",
    "scroll up",
    "to the top",
    "top of page",
    "nach oben",
    "nach oben scrollen",
    "zum seitenanfang",
    "zurück nach oben",
    "zurück zum anfang",
    "zurück zum seitenanfang",
    "haut de page",
    "haut de la page",
    "retour en haut",
    "retour en haut de page",
    "retour en haut de la page",
    "ir arriba",
    "volver arriba",
    "volver al inicio de la página",
    "voltar ao topo",
    "topo da página",
    "torna all'inizio",
    "torna su",
    "torna in alto",
    "inizio pagina",
    "naar boven",
    "terug naar boven",
    "do góry",
    "na górę strony",
    "powrót do góry",
    "zpět nahoru",
    "till toppen",
    "til toppen",
    "наверх",
    "к началу страницы",
    "başa dön",
    "yukarı çık",
    "ページトップへ",
    "ページの先頭へ",
    "返回顶部",
];
/// What a page shows until it is there, in lower case.
const LOADING: &[&str] = &[
    "wird geladen",
    "seite wird geladen",
    "lädt",
    "page loading",
    "chargement",
    "chargement en cours",
    "cargando",
    "cargando página",
    "carregando",
    "a carregar",
    "caricamento",
    "caricamento in corso",
    "bezig met laden",
    "ładowanie",
    "načítání",
    "laddar",
    "laster inn",
    "indlæser",
    "загрузка",
    "идёт загрузка",
    "yükleniyor",
    "読み込み中",
    "加载中",
];
/// Pages of a shop that each shop has, in lower case: the first are its cart.
const CARTS: &[&str] = &[
    "cart",
    "my cart",
    "shopping cart",
    "basket",
    "shopping basket",
    "shopping bag",
    "warenkorb",
    "panier",
    "mon panier",
    "carrito",
    "cesta",
    "carrinho",
    "carrello",
    "winkelwagen",
    "winkelmand",
    "koszyk",
    "košík",
    "varukorg",
    "indkøbskurv",
    "handlekurv",
    "корзина",
    "sepet",
    "sepetim",
];
const SHOP_PAGES: &[&str] = &[
    "account",
    "checkout",
    "compare",
    "favorites",
    "favourites",
    "home",
    "log in",
    "login",
    "my account",
    "my orders",
    "order tracking",
    "orders",
    "register",
    "search",
    "shop",
    "sign in",
    "sign up",
    "store",
    "track order",
    "track your order",
    "wishlist",
    "anmelden",
    "kasse",
    "konto",
    "mein konto",
    "merkliste",
    "wunschliste",
    "zur kasse",
    "boutique",
    "caisse",
    "commande",
    "connexion",
    "mon compte",
    "liste d'envies",
    "tienda",
    "finalizar compra",
    "mi cuenta",
    "lista de deseos",
    "loja",
    "minha conta",
    "negozio",
    "cassa",
    "il mio account",
    "lista dei desideri",
    "winkel",
    "afrekenen",
    "mijn account",
    "verlanglijst",
    "sklep",
    "moje konto",
];

/// Whether a line says nothing of what the page is about; it is in lower case.
pub(super) fn is_line(line: &str) -> bool {
    let of_word = |c: char| c.is_alphanumeric();
    let bare = line.trim_matches(|c: char| !of_word(c));
    TO_TOP.contains(&bare) || LOADING.contains(&bare) || counts_readers(line)
}

/// Whether a line counts who is reading a forum: "Users browsing this forum: no registered users and 6
/// guests".
fn counts_readers(line: &str) -> bool {
    const LONGEST: usize = 200;
    const GUESTS: &[&str] = &[
        "guest",
        "gäste",
        "gast",
        "invité",
        "invitado",
        "visitante",
        "ospit",
        "gości",
        "гост",
        "misafir",
    ];
    const MEMBERS: &[&str] = &[
        "user",
        "member",
        "mitglied",
        "benutzer",
        "besucher",
        "utilisateur",
        "membre",
        "usuario",
        "usuário",
        "utent",
        "gebruiker",
        "leden",
        "użytkowni",
        "пользовател",
    ];
    const READING: &[&str] = &[
        "browsing this",
        "viewing this",
        "users online",
        "are online",
        "online now",
        "in diesem forum",
        "dieses thema",
        "sind online",
        "parcourant ce",
        "navegando por",
        "visitando este",
        "en línea",
        "navegando neste",
        "visualizzando",
        "visitano il forum",
        "op dit forum",
        "przeglądający to",
        "просматривают",
    ];
    let has = |any: &[&str]| any.iter().any(|part| line.contains(part));
    // They are counted, if only as none.
    let counts = || {
        line.contains(|c: char| c.is_ascii_digit())
            || line
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| matches!(word, "no" | "none" | "keine" | "aucun"))
    };
    line.len() <= LONGEST
        && (has(READING) && counts() && has(GUESTS) && has(MEMBERS)
            || line.starts_with("most users ever online was "))
}

/// Whether an element is shown until the page is loaded, by what it is called.
pub(super) fn is_loader(page: &PageTree, place: usize) -> bool {
    const LONGEST: usize = 40;
    const MOST_NODES: usize = 16;
    let called = |node: &Node| {
        let names = [node.attribute("class"), node.attribute("id")].into_iter().flatten();
        let mut words = names.flat_map(|names| names.split(|c: char| !c.is_ascii_alphabetic()));
        // "loading-bay" is a place.
        words
            .next()
            .is_some_and(|word| matches!(word, "preloader" | "loader" | "spinner" | "loading"))
            && words.all(|word| {
                matches!(
                    word,
                    "" | "text"
                        | "wrapper"
                        | "overlay"
                        | "container"
                        | "message"
                        | "screen"
                        | "page"
                )
            })
    };
    let node = &page.nodes[place];
    matches!(node.tag, Tag::Other | Tag::Span)
        && page.within(place).len() <= MOST_NODES
        && called(node)
        && {
            let text = page.text(place);
            // A page that is this alone is one that scripts make.
            let chars = text.chars().count();
            (1..=LONGEST).contains(&chars) && !text.contains(|c: char| c.is_ascii_digit())
        }
}

/// Whether a list names the pages that each shop has, its cart among them, and little else.
pub(super) fn lists_shop_pages(page: &PageTree, list: usize) -> bool {
    const FEWEST: usize = 3;
    const MOST: usize = 16;
    /// Of its nodes.
    const MOST_NODES: usize = 128;
    if !page.nodes[list].tag.is_list() || page.within(list).len() > MOST_NODES {
        return false;
    }
    let items = page.children(list).filter(|at| page.nodes[*at].tag == Tag::Li);
    let texts: Vec<String> = items.take(MOST + 1).map(|at| plain(&page.text(at))).collect();
    let of_cart = |text: &String| CARTS.contains(&text.as_str());
    let of_shop = |text: &&String| of_cart(text) || SHOP_PAGES.contains(&text.as_str());
    (FEWEST..=MOST).contains(&texts.len())
        && texts.iter().any(of_cart)
        && texts.iter().filter(of_shop).count() * 2 >= texts.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::test_site::TestSite;

    const BEES: TestSite = TestSite {
        url: "https://bees.example/honey",
        title: "Honey",
        prose: "<p>The hives are on the south slope, and the honey of the lime trees is spun in July, that of the heather in the first days of autumn.</p>",
    };

    #[test]
    fn lines_of_the_site_are_told_from_what_it_says() {
        for line in [
            "Nach oben",
            "↑ Back to top",
            "Retour en haut de page",
            "Chargement…",
            "Cargando...",
            "Users browsing this thread: 2 Guest(s) and 1 member",
            "0 Members and 3 Guests are viewing this topic.",
            "Mitglieder in diesem Forum: 0 Mitglieder und 4 Gäste",
            "Most users ever online was 212 on Mon Jan 06, 2020 7:19 pm",
        ] {
            assert!(is_line(&plain(line)), "{line}");
        }
        for line in [
            "The path back to the top takes an hour",
            "Guests and members may use the sauna",
            "Loading ramps are behind the barn",
            "Members bring guests on Fridays",
            "Members and guests book online: www.club.example",
        ] {
            assert!(!is_line(&plain(line)), "{line}");
        }
    }

    #[test]
    fn what_shows_that_a_page_is_loading_and_names_of_a_shops_pages_are_not_read() {
        BEES.check(
            "<div class=preloader><span class=dots>Opening the hive</span></div>\
             <div><ul><li>Shop</li><li>Basket</li><li>My account</li><li>Recipes</li></ul></div>\
             <h2>Tools</h2><ul><li>Smoker</li><li>Basket</li><li>Veil</li></ul>\
             <div class=loader-hire><p>A loader with 2 arms costs 90 euros a day.</p></div>",
            &["Smoker", "- Basket", "90 euros"],
            &["Opening", "My account"],
        );
    }
}
