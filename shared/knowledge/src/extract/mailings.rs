//! What a letter that is sent to many has for those who get it by mail, where it is kept as a page: how to
//! leave the list, to see it in a browser, why it came.

use super::{
    boilerplate_phrases::plain,
    page::PageTree,
    sections::{line, text_of},
    tag::Tag,
    text_density::runs,
};

/// How such a line begins, in lower case.
const BEGINNINGS: &[&str] = &[
    "email not displaying correctly",
    "having trouble viewing this email",
    "is this email not displaying",
    "view this email in your browser",
    "view this email in a browser",
    "want to change how you receive these emails",
    "why did i get this email",
    "why did i get this?",
    "you are receiving this email because",
    "you are receiving this newsletter because",
    "you received this email because",
    "you're receiving this email because",
    "sie erhalten diese e-mail, weil",
    "sie erhalten diesen newsletter, weil",
    "du erhältst diese e-mail, weil",
    "du erhältst diesen newsletter, weil",
    "wird diese e-mail nicht richtig",
    "wird dieser newsletter nicht richtig",
    "diese e-mail im browser",
    "vous recevez cet e-mail car",
    "vous recevez cet email car",
    "vous recevez cette newsletter car",
    "voir cet e-mail dans",
    "voir cet email dans",
    "recibes este correo porque",
    "recibe este correo porque",
    "ver este correo en",
    "ver este email en",
    "você está recebendo este e-mail porque",
    "ver este e-mail no",
    "ricevi questa email perché",
    "hai ricevuto questa email perché",
    "visualizza questa email nel",
    "je ontvangt deze e-mail omdat",
    "u ontvangt deze e-mail omdat",
    "bekijk deze e-mail in",
];
/// What is written on a link that leaves a list or changes what is sent, in lower case.
const LINKS: &[&str] = &[
    "unsubscribe",
    "update your preferences",
    "update subscription preferences",
    "manage preferences",
    "manage your preferences",
    "vom newsletter abmelden",
    "newsletter abbestellen",
    "abbestellen",
    "hier abmelden",
    "se désabonner",
    "se désinscrire",
    "me désinscrire",
    "désinscription",
    "darse de baja",
    "cancelar suscripción",
    "cancelar la suscripción",
    "cancelar inscrição",
    "cancelar a inscrição",
    "disiscriviti",
    "cancella iscrizione",
    "annulla l'iscrizione",
    "cancellati",
    "uitschrijven",
    "afmelden",
    "wypisz się",
    "отписаться",
];
/// What is longer, in characters, says more.
const LONGEST: usize = 200;
/// The same with parts that are left out already.
const LONGEST_WRITTEN: u32 = 400;

/// Leaves out such lines, whatever they are in: letters are laid out with tables.
pub(super) fn leave_out(page: &PageTree, root: usize, gone: &mut [bool]) {
    /// Of all that is between two blocks, in characters.
    const LONGEST_RUN: u32 = 1_000;
    let range = page.within(root);
    // A page may tell how to leave a list: a letter says that it is one, or leads to who sends it.
    let is_letter = is_letter(page);
    for run in runs(page, gone) {
        if !range.contains(&run.first) || run.chars > LONGEST_RUN {
            continue;
        }
        let nodes = line(page, run);
        let lines = nodes
            .split(|at| page.nodes[*at].tag == Tag::Br)
            .filter(|line| is_one(page, line, is_letter));
        lines.flatten().for_each(|at| gone[*at] = true);
    }
}

/// Whether a page is a letter to many: a line says why it came, or a link of it leads to who sends such letters.
fn is_letter(page: &PageTree) -> bool {
    const SENDERS: &[&str] = &[
        "list-manage",
        "mailchi.mp",
        "campaign-archive",
        "createsend",
        "sendgrid",
        "sendinblue",
        "brevo",
        "hubspotlinks",
        "unsubscribe_url",
        "*|unsub|*",
    ];
    page.nodes.iter().any(|node| match node.tag {
        Tag::A => node.attribute("href").is_some_and(|href| {
            let href = href.get(..LONGEST).unwrap_or(href).to_ascii_lowercase();
            SENDERS.iter().any(|sender| href.contains(sender))
        }),
        Tag::Text if node.text.len() <= LONGEST && may_begin(&node.text) => {
            begins(&plain(&node.text))
        }
        _ => false,
    })
}

fn is_one(page: &PageTree, line: &[usize], is_letter: bool) -> bool {
    let Some(text) = text_of(page, line, LONGEST_WRITTEN) else { return false };
    let text = plain(&text);
    let leaves = || {
        let mut inner = line.iter().flat_map(|at| page.within(*at)).take(64);
        inner.any(|at| {
            let node = &page.nodes[at];
            node.tag == Tag::A && node.attribute("href").is_some() && {
                let said = plain(&page.text(at));
                LINKS.iter().any(|link| said.starts_with(link))
            }
        })
    };
    (1..=LONGEST).contains(&text.chars().count()) && (begins(&text) || is_letter && leaves())
}

fn begins(plain: &str) -> bool {
    BEGINNINGS.iter().any(|begin| plain.starts_with(begin))
}

/// Whether a text is as long as such a line and has its first letter: most have not.
fn may_begin(text: &str) -> bool {
    const SHORTEST: usize = 16;
    let first = text.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase());
    text.len() >= SHORTEST
        && first.is_some_and(|first| BEGINNINGS.iter().any(|begin| begin.starts_with(first)))
}

#[cfg(test)]
mod tests {
    use crate::extract::test_site::TestSite;

    #[test]
    fn what_a_letter_has_for_those_on_its_list_is_not_read() {
        let choir = TestSite {
            url: "https://choir.example/letters/7",
            title: "Letter 7",
            prose: "<p>The winter concert is sung twice this year, on both Sundays before the feast, since the granary holds but ninety.</p>",
        };
        choir.check(
            "<table><tr><td>Sie erhalten diesen Newsletter, weil Sie Mitglied sind.</td></tr></table>\
             <table><tr><td><em>Granary choir</em><br>Mill Lane 4, Lindau<br><br>You may <a href='/x'>unsubscribe here</a> at any time.</td></tr></table>\
             <h2>How do I leave the list?</h2><p>Press the link that says unsubscribe from this list at the foot of each letter.</p>",
            &["Mill Lane 4, Lindau", "at the foot of each letter"],
            &["Mitglied", "at any time"],
        );
    }
}
