//! What a word says of itself, whatever the entries: "tent" much, "buy" less, "have" next to
//! nothing. The weights of an index tell that of many entries; of a handful each word is rare.

use std::{collections::HashSet, sync::LazyLock};

use crate::{
    semantic::static_embedding,
    text::{self, Language},
};

/// The length of a row of the static table that is worth all: words that are everywhere have short
/// ones.
const WORTH_ALL: f32 = 0.9;
/// What a word is worth in a language that the table does not know, and one of [`GENERAL`].
const WORTH: f32 = 0.8;
const WORTH_OF_GENERAL: f32 = 0.3;

/// Words of other languages that are about anything, where they are no function words.
const GENERAL: &str = "machen macht mache macht gemacht bieten bietet anbieten geben gebt gibt nehmen nehmt nimmt \
    brauche brauchen braucht mochte will wollen wollt bekomme bekommen bekommt kriege kriegt kommen komme kommt \
    gehen gehe geht sagen finde finden sehen stehen steht liegt bleibt lassen benutzen nutzen nutze funktioniert \
    gern gerne eigentlich mal leute sache sachen ding moglich \
    tener tengo tiene tienen tenemos teneis tenes hacer hago hace hacen hacemos haceis dar doy dan damos dais ofrecen \
    ofreceis ofrece quiero quieren quisiera queria puedo puede pueden podeis podemos hay ir voy vamos venir vengo \
    usar uso necesito necesita necesitamos cosa cosas gente poner pongo llevar \
    faire fais fait faites font avoir avez avons ont prendre prends prenez prend mettre mets donner donne proposez \
    proposer voudrais veux voulez peux pouvez peut aller vais venir viens trouver utiliser besoin chose gens possible \
    fare fate fai faccio avere avete abbiamo hanno prendere prendo dare date offrite vorrei voglio posso potete si puo \
    andare vado venire vengo trovare usare bisogno serve cosa cose possibile \
    fazer fazem faz faco ter tem temos tenho dar dao oferecem quero queria posso podem pode ir vou vir venho precisar \
    preciso coisa coisas possivel \
    doen doet hebben heeft hebt maken maakt geven geeft nemen neem krijgen krijg willen wil kunnen gaan komen kom \
    gebruiken nodig ding mensen mogelijk jullie \
    mam macie miec robic robicie robi dac daje dajecie brac biore chce chcialbym moge mozna isc ide przyjsc uzywac \
    potrzebuje rzecz ludzie \
    иметь есть делать делаете делает сделать дать даете даёте дает брать взять хочу хотел могу можно может идти прийти \
    нужно надо нужен нужна вещь люди получить ли \
    var yok yapmak yapiyor yapiyorsunuz etmek ediyor ediyorsunuz misiniz musunuz mi mu almak aliyor vermek veriyor \
    istiyorum isterim olur olmak gelmek gitmek lazim gerek sey \
    يوجد عند عندكم لديكم اريد يمكن استطيع تقدمون هل करते करना मिलेगा मिलेगी मिल चाहिए सकते सकता देते लेते आप \
    有没 没有 可以 以吗 你们 我们 们有 们卖 能不 不能 怎么 什么 多少 一个 这个 那个 想要 需要";

static GENERAL_WORDS: LazyLock<HashSet<String>> =
    LazyLock::new(|| GENERAL.split_whitespace().map(text::folded).collect());

/// From 0 to 1: what the folded word says in a text in `language`; `None` for one that is not known.
pub(crate) fn worth(plain: &str, language: Option<Language>) -> f32 {
    let of_length = |length: f32| (length / WORTH_ALL).min(1.0);
    match language {
        Some(Language::English) => static_embedding::length(plain).map_or(1.0, of_length),
        _ if GENERAL_WORDS.contains(plain) => WORTH_OF_GENERAL,
        Some(language) => static_embedding::length_in(plain, language).map_or(WORTH, of_length),
        None => WORTH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_anything_is_worth_less() {
        let of = |word: &str| worth(&text::folded(word), Some(Language::English));
        assert!(of("have") < of("buy") && of("buy") < of("tent"), "{} {}", of("buy"), of("tent"));
        let of = |word: &str| worth(&text::folded(word), Some(Language::Spanish));
        assert!(of("tenéis") < of("piscina"));
        assert!(worth("делаете", None) < worth("паром", None));
    }
}
