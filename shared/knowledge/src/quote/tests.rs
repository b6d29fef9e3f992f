use super::*;
use crate::{facts, semantic::static_embedding, text::Language};

fn quoted(content: &str, heading: &str, question: &str) -> String {
    quoted_in(Language::English, content, heading, question)
}

fn quoted_in(language: Language, content: &str, heading: &str, question: &str) -> String {
    let stems = Stems::of(language);
    let terms = stems.content_terms(question).into_iter().map(|term| (term, 1.0)).collect();
    let vector = static_embedding::embed(question, &[language]);
    let words: Vec<String> = text::words(question).collect();
    let fact = facts::wanted(&words);
    let query = QuoteQuery { terms, concepts: Vec::new(), vector: vector.as_ref(), words, fact };
    quote(content, heading, &query, &stems)
}

#[test]
fn a_list_and_steps_are_quoted_whole() {
    let list = "To hire a kayak you need:\n- a swimming badge\n- a deposit\n- dry clothes\n- a friend\nSee you soon.";
    let whole =
        "To hire a kayak you need:\n- a swimming badge\n- a deposit\n- dry clothes\n- a friend";
    assert_eq!(quoted(list, "Kayaks", "What do I need to hire a kayak?"), whole);
    assert_eq!(quoted(list, "Kayaks", "Is a deposit needed?"), whole);
    let steps = "1. Turn the tap off.\n2. Unscrew the cap.\n3. Rinse the sieve.\n4. Screw it on.";
    assert_eq!(quoted(steps, "How to clean the sieve", "How do I clean the sieve?"), steps);
}

#[test]
fn the_sentence_that_answers_comes_first() {
    let content = "No. The floor is too weak for that. Whoever wants to play the piano at night can rent the cellar.";
    assert!(quoted(content, "Can I play the piano?", "Can I play the piano?").starts_with("No."));
    let content = "Our pool was built in 1954. It is heated. The pool opens at six in the morning. Towels are free.";
    let found = quoted(content, "The pool", "When does the pool open?");
    assert!(found.starts_with("The pool opens at six"), "{found}");
    let content = "The kiln was made in Graz. It reaches 1,200 degrees. Bring your own clay.";
    let found = quoted(content, "Kiln", "How hot does it get, how many degrees?");
    assert!(found.starts_with("The kiln was made in Graz. It reaches"), "{found}");
}

#[test]
fn neither_a_question_nor_the_next_answer_is_quoted() {
    let content = "Is there a lift?\nYes, to the third floor.\nMay I smoke?\nOn the balcony only.";
    assert_eq!(quoted(content, "Guests", "Is there a lift?"), "Yes, to the third floor.");
    assert_eq!(quoted(content, "Guests", "May I smoke?"), "On the balcony only.");
    let post = "Hi all, my mixer does not start any more. Any help with the mixer?\nHold the button of the mixer for five seconds.";
    let found = quoted(post, "Mixer", "My mixer does not start");
    assert!(found.contains("Hold the button"), "{found}");
}

#[test]
fn a_number_in_an_example_is_no_answer() {
    let content = "A form has room for a film of 4 MB. A larger one is announced by its name and its size.\ncurl \"$BASE/films\" -H \"Authorization: $KEY\" \\\n  -d '{\"film\": \"garden.mkv\", \"size\": 8200417}'";
    let found = quoted(content, "How to send films", "How large may a film be?");
    assert!(found.starts_with("A form has room for a film of 4 MB."), "{found}");
}

#[test]
fn wrapped_lines_are_sentences_again() {
    let content = "A jar that you do not open may be kept on the shelf for\ntwo years, and for a week once it is open. The lid has\nto be dry. Jars are sent back in\ntheir box.";
    let found = quoted(content, "", "How are jars sent back?");
    assert_eq!(found, "Jars are sent back in their box.");
}

#[test]
fn a_row_is_quoted_with_what_names_its_columns() {
    let table = "Boat | Hour | Day\nCanoe | 9 € | 30 €\nRaft | 12 € | 45 €";
    assert_eq!(
        quoted(table, "Prices", "What does a raft cost a day?"),
        "Raft – Hour: 12 €; Day: 45 €"
    );
    let whole = "Canoe – Hour: 9 €; Day: 30 €\nRaft – Hour: 12 €; Day: 45 €";
    assert_eq!(quoted(table, "Prices", "What do boats cost?"), whole);
    let facts = "Length: 9 m\nBerths: 6\nDeposit: 500 €";
    assert_eq!(quoted(facts, "The boat", "How many berths has it?"), "Berths: 6");
}

#[test]
fn the_row_is_quoted_whose_range_has_the_number_that_is_asked_for() {
    let table = "Paddle: A | Height (cm): 150–165 | Blade (cm): 40–42\n\
        Paddle: B | Height (cm): 166–180 | Blade (cm): 43–45\n\
        Paddle: C | Height (cm): 181–195 | Blade (cm): 46–48";
    let found = quoted(table, "Paddles", "I am 172 tall, which paddle do I take?");
    assert!(found.contains("166–180") && !found.contains("150–165"), "{found}");
    let found = quoted(table, "Paddles", "Which paddle has a blade of 47 cm?");
    assert!(found.contains("46–48") && !found.contains("150–165"), "{found}");
}

#[test]
fn a_row_of_several_names_and_one_of_a_compounds_parts_are_found() {
    let table = "Boot: Flöße | Miete: 12 €\nBoot: SUPs und Surfbretter | Miete: 9 €\nBoot: Tretboote | Miete: 15 €";
    let found = quoted_in(Language::German, table, "Miete", "Was kostet ein SUP?");
    assert!(found.contains("9 €") && !found.contains("12 €"), "{found}");
    let table = "Kurs: Anfänger | Gebühr: 90 €\nKurs: Rollen | Gebühr: 60 €\nKurs: Wildwasser | Gebühr: 120 €";
    let found = quoted_in(Language::German, table, "Gebühren", "Was kostet der Wildwasserkurs?");
    assert!(found.contains("120 €") && !found.contains("90 €"), "{found}");
}

#[test]
fn a_list_is_quoted_with_the_sentence_before_it_that_turns_it_round() {
    let list = "The boathouse lends most things. These are not lent to beginners.\n- racing shells\n- sails\n- engines";
    let found = quoted(list, "Lending", "Are sails lent?");
    assert!(found.starts_with("These are not lent to beginners.\n- racing"), "{found}");
    let rows = "Only members pay these prices:\nShell: 4 €\nRaft: 9 €\nSail: 3 €";
    let found = quoted(rows, "Prices", "What is the price of a raft?");
    assert!(found.starts_with("Only members pay these prices:\nRaft: 9 €"), "{found}");
}

#[test]
fn a_quotation_goes_as_far_as_the_fact_that_is_wanted() {
    let content = "With the saddle club you get a saddle to try every month, chosen by our saddlers.\nYou may keep it for a week. A quarter of it is £45.";
    let found = quoted(content, "Club", "saddle club price");
    assert!(found.starts_with("With the saddle club") && found.contains("£45"), "{found}");
    let content = "The saddle club meets in the yard.\n- bring a brush\n- bring a cloth\nIt begins at noon. Members pay 9 euros.";
    let found = quoted(content, "", "what does the saddle club cost?");
    assert!(found.contains("9 euros"), "{found}");
    let none = "The saddle club meets in the yard. Bring a brush.";
    assert_eq!(quoted(none, "", "what does the saddle club cost?"), none);
}

#[test]
fn code_is_quoted_with_the_paragraph_that_says_what_it_does() {
    let content = "The route `/v1/saddles` takes a picture as a form with one part.\ncurl -X POST \"$BASE/v1/saddles\" \\\n  -F \"saddle=@tree.png\"";
    let found = quoted(content, "Sending pictures", "how do I add a png?");
    assert!(found.starts_with("The route") && found.contains("tree.png"), "{found}");
}

#[test]
fn a_row_is_named_without_what_is_in_its_brackets() {
    let table = "Work | Price\nStitching (one seam) | 12 €\nStuffing (wool) | 80 €";
    let found = quoted(table, "Saddlery", "what is the price of stuffing?");
    assert_eq!(found, "Stuffing (wool): 80 €");
}
