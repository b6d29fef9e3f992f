//! Whether a sentence has the kind of thing that a question asks for: a time, a number, a reason.

use std::{collections::HashSet, sync::LazyLock};

use super::weekdays;
use crate::{asks::Asks, text};

type Words = LazyLock<HashSet<&'static str>>;

static NUMBERS: Words = LazyLock::new(|| {
    "one two three four five six seven eight nine ten eleven twelve twenty thirty \
    ninety hundred half ein zwei drei vier funf sechs sieben acht neun zehn zwolf deux trois quatre cinq six sept huit \
    neuf dix dos tres cuatro cinco seis siete ocho nueve diez tre quattro cinque sette otto nove dieci twee \
    drie vier vijf zes zeven acht negen tien два три четыре пять шесть семь восемь девять десять iki uc dort bes alti \
    yedi sekiz dokuz"
        .split_whitespace()
        .collect()
});
/// Months, and what else is a time, beside days of the week.
static TIMES: Words = LazyLock::new(|| {
    "day days week weeks month months year years hour hours minute minutes january february march \
    april june july august september october november december today tomorrow always daily weekly until noon midnight \
    tag tage tagen woche wochen monat monate monaten jahr jahre jahren stunde stunden uhr januar februar marz mai juni \
    juli oktober dezember taglich immer jour jours semaine semaines mois heure heures janvier fevrier mars avril juin \
    juillet aout septembre octobre novembre decembre dia dias semana semanas mes meses hora horas enero febrero marzo \
    abril mayo junio julio agosto septiembre octubre noviembre diciembre giorno giorni settimana settimane mese mesi \
    ora ore gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro maio junho \
    julho setembro outubro novembro dezembro dag dagen weken maand maanden uur januari februari maart mei augustus \
    день дня дней неделя недели недель месяц месяца месяцев час часа часов января февраля марта апреля мая июня июля \
    августа сентября октября ноября декабря gun hafta ay saat ocak subat mart nisan mayis haziran temmuz agustos eylul \
    ekim kasim aralik"
        .split_whitespace()
        .collect()
});
static REASONS: Words = LazyLock::new(|| {
    "because since therefore weil denn parce porque perche потому cunku"
        .split_whitespace()
        .collect()
});

/// Whether `sentence` has it and says more of it than the question, whose plain words these are: "on
/// Saturday" is no time to whoever asks about Saturdays.
pub(crate) fn has_kind(sentence: &str, kind: Asks, asked: &[String]) -> bool {
    let is_number = |word: &str| word.chars().any(char::is_numeric) || NUMBERS.contains(word);
    let is_time = |word: &str| is_number(word) || TIMES.contains(word) || weekdays::is_day(word);
    let has = |is: &dyn Fn(&str) -> bool| {
        text::words(sentence).any(|word| is(&word) && !asked.contains(&word))
    };
    match kind {
        Asks::When => has(&is_time),
        Asks::Measure => has(&is_number),
        Asks::Why => has(&|word| REASONS.contains(word)),
        Asks::Who | Asks::Where => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_is_not_what_is_asked_for() {
        let has = |question: &str, sentence: &str| {
            let asked: Vec<String> = text::words(question).collect();
            has_kind(sentence, crate::asks::asks(&asked).expect("it asks for a kind"), &asked)
        };
        assert!(has("When is the pool open on Fridays?", "Fridays: 7 to 21"));
        assert!(!has("When is the pool open on Fridays?", "On Fridays the sauna is closed."));
        assert!(has("Wann öffnet der Garten?", "Er öffnet Anfang März."));
        assert!(has("¿Cuándo abren?", "Abrimos los martes."));
        assert!(has("How many sheets are in 1 box?", "A box holds twelve reams."));
        assert!(!has("How many sheets are in 1 box?", "Keep the 1 box dry."));
    }
}
