//! Learning from questions that nothing relevant was found for: they are grouped, listed, and
//! answered by a Q&A pair, once for a whole group.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use domain::{
    ChatbotId, Days, Error, ErrorKind, GroupId, Result, SourceId, WorkspaceId,
    questions::{Sketch, form},
    source::QaPair,
    unanswered::{AnsweredGroup, DAYS_BOUNDS, EXAMPLES, Group, GroupAnswer},
};
use knowledge::text;
use store::{IndexEntry, QuestionKind};

use crate::{App, knowledge::sources::qa_source};

fn answered_already() -> Error {
    let message = "the group has another answer already; delete its source to answer it again";
    Error::new(ErrorKind::Conflict, message)
}

impl App {
    /// Groups of questions of the last `days` days that have no answer, most asked first: those
    /// from `offset` on, and how many there are.
    pub async fn unanswered(
        &self,
        chatbot: ChatbotId,
        days: u32,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<Group>, u64)> {
        let groups = self.unanswered_groups(chatbot, days).await?;
        let total = u64::try_from(groups.len()).unwrap_or(u64::MAX);
        let place = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        Ok((groups.into_iter().skip(place(offset)).take(place(limit)).collect(), total))
    }

    async fn unanswered_groups(&self, chatbot: ChatbotId, days: u32) -> Result<Vec<Group>> {
        let days = Days::until(self.now(), days);
        let (sketches, learned) = tokio::try_join!(
            self.store.sketches(chatbot, QuestionKind::Unanswered, days),
            self.store.learned(chatbot)
        )?;
        let learned = learned.into_iter().map(|mark| (mark.group, mark.at.day())).collect();
        Ok(groups(chatbot, sketches.iter().map(|(day, stored)| (day, &stored.sketch)), &learned))
    }

    /// Answers a group by a Q&A pair, which answers from the same write on. The same answer once
    /// more is the same pair; another one is refused until the group is asked again or its pair
    /// is deleted.
    pub async fn answer_unanswered(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        id: GroupId,
        answer: &GroupAnswer,
    ) -> Result<SourceId> {
        let (chatbot, mut seen, groups) = tokio::try_join!(
            self.chatbot(workspace, chatbot),
            self.store.learned_group(chatbot, id),
            self.unanswered_groups(chatbot, DAYS_BOUNDS.1)
        )?;
        let listed = groups.into_iter().find(|group| group.id == id);
        if seen.is_none() && listed.is_none() {
            // It may have been answered between the two reads.
            seen = self.store.learned_group(chatbot.id, id).await?;
        }
        let now = self.now();
        if let Some(seen) = &seen
            && let Some(pair) = self.learned_pair(chatbot.id, seen).await?
        {
            let same = answer.answer == pair.answer
                && answer.question.as_ref().is_none_or(|question| *question == pair.question);
            match (same, &listed) {
                (true, None) => return Ok(seen.source),
                (true, Some(_)) => {
                    let learned = AnsweredGroup { at: now, ..*seen };
                    self.store.move_answered_group(chatbot.id, &learned, seen).await?;
                    return Ok(seen.source);
                }
                (false, None) => return Err(answered_already()),
                (false, Some(_)) => {}
            }
        }
        let group = listed.ok_or_else(|| Error::not_found("group"))?;
        let pair = answer.pair(&group);
        let source = qa_source(&chatbot, &pair, now);
        let learned = AnsweredGroup { group: id, source: source.id, at: now };
        let meaning = self.semantics.of_pair(&pair).await;
        let meant = (&pair, meaning.as_deref());
        if self.store.put_answered_group(&chatbot, &source, meant, &learned, seen.as_ref()).await? {
            return Ok(source.id);
        }
        // Another request answered it at the same time; the same client, perhaps.
        let there = self.store.learned_group(chatbot.id, id).await?.ok_or_else(answered_already)?;
        match self.learned_pair(chatbot.id, &there).await? {
            Some(other) if (&other.question, &other.answer) == (&pair.question, &pair.answer) => {
                Ok(there.source)
            }
            _ => Err(answered_already()),
        }
    }

    async fn learned_pair(
        &self,
        chatbot: ChatbotId,
        learned: &AnsweredGroup,
    ) -> Result<Option<QaPair>> {
        let pointer = self.store.index_pointer(chatbot, learned.source).await?;
        Ok(pointer.and_then(|pointer| match pointer.entry {
            IndexEntry::Qa(pair) => Some(pair),
            IndexEntry::Segment { .. } => None,
        }))
    }
}

/// What a question asks: its content terms, whatever their order and number. Text without a
/// word is compared as it is.
fn group_of(chatbot: ChatbotId, question: &str) -> GroupId {
    let terms: BTreeSet<String> =
        text::Stems::default().content_terms(question).into_iter().collect();
    let terms = match terms.is_empty() {
        true => form(question),
        false => terms.into_iter().collect::<Vec<_>>().join(" "),
    };
    GroupId::derived(&[&chatbot.to_string(), &terms])
}

#[derive(Default)]
struct Gathered {
    /// By form: the text as first asked, and how often.
    questions: BTreeMap<String, (String, u64)>,
    last_asked: String,
}

/// The groups of what was asked on `days`, oldest first, but for what was asked up to the day on
/// which its group was answered.
fn groups<'a>(
    chatbot: ChatbotId,
    days: impl Iterator<Item = (&'a String, &'a Sketch)>,
    answered_on: &HashMap<GroupId, String>,
) -> Vec<Group> {
    let mut gathered: BTreeMap<GroupId, Gathered> = BTreeMap::new();
    for (day, sketch) in days {
        for entry in &sketch.entries {
            let id = group_of(chatbot, &entry.question);
            if answered_on.get(&id).is_some_and(|answered| day <= answered) {
                continue;
            }
            let group = gathered.entry(id).or_default();
            let known = group.questions.entry(form(&entry.question));
            known.or_insert_with(|| (entry.question.clone(), 0)).1 += entry.count;
            group.last_asked.clone_from(day);
        }
    }
    let mut groups: Vec<Group> = gathered
        .into_iter()
        .map(|(id, Gathered { questions, last_asked })| {
            let mut questions: Vec<(String, u64)> = questions.into_values().collect();
            // Those asked equally often stay in the order of their forms.
            questions.sort_by_key(|(_, count)| Reverse(*count));
            let count = questions.iter().map(|(_, count)| count).sum();
            let examples: Vec<String> =
                questions.into_iter().map(|(text, _)| text).take(EXAMPLES).collect();
            let question = examples.first().cloned().unwrap_or_default();
            Group { id, question, count, examples, last_asked }
        })
        .collect();
    groups.sort_by(|a, b| {
        let key = |group: &Group| (Reverse(group.count), Reverse(group.last_asked.clone()));
        key(a).cmp(&key(b)).then_with(|| a.question.cmp(&b.question))
    });
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(questions: &[(&str, usize)]) -> Sketch {
        let mut sketch = Sketch::default();
        for (question, times) in questions {
            (0..*times).for_each(|_| sketch.add(question));
        }
        sketch
    }

    fn of(days: &[(&str, Sketch)], answered_on: &HashMap<GroupId, String>) -> Vec<Group> {
        let days: Vec<(String, &Sketch)> =
            days.iter().map(|(day, sketch)| ((*day).to_owned(), sketch)).collect();
        groups(chatbot(), days.iter().map(|(day, sketch)| (day, *sketch)), answered_on)
    }

    fn chatbot() -> ChatbotId {
        "0197a000-0000-7000-8000-000000000001".parse().unwrap()
    }

    #[test]
    fn questions_that_ask_the_same_are_one_group() {
        let days = [
            ("2026-02-14", asked(&[("Do you ship to Norway?", 2), ("Can I pay by invoice?", 3)])),
            (
                "2026-02-15",
                asked(&[("Shipping to Norway", 1), ("do you ship to norway", 1), ("???", 1)]),
            ),
        ];
        let found = of(&days, &HashMap::new());
        let seen: Vec<_> =
            found.iter().map(|g| (g.question.as_str(), g.count, g.last_asked.as_str())).collect();
        assert_eq!(
            seen,
            [
                ("Do you ship to Norway?", 4, "2026-02-15"),
                ("Can I pay by invoice?", 3, "2026-02-14"),
                ("???", 1, "2026-02-15"),
            ]
        );
        assert_eq!(found[0].examples, ["Do you ship to Norway?", "Shipping to Norway"]);
    }

    #[test]
    fn a_group_shows_few_of_its_questions() {
        let ways: Vec<String> =
            (0..9).map(|n| format!("Norway {}", "ship ".repeat(n + 1))).collect();
        let ways: Vec<(&str, usize)> = ways.iter().map(|way| (way.as_str(), 1)).collect();
        let found = of(&[("2026-02-15", asked(&ways))], &HashMap::new());
        assert_eq!((found.len(), found[0].count, found[0].examples.len()), (1, 9, EXAMPLES));
    }

    #[test]
    fn what_was_asked_up_to_the_answer_is_not_listed_and_what_came_later_is() {
        let days = [
            ("2026-02-14", asked(&[("Do you ship to Norway?", 2)])),
            ("2026-02-15", asked(&[("Do you ship to Norway?", 3)])),
            ("2026-02-16", asked(&[("Ship to Norway?", 1)])),
        ];
        let id = of(&days, &HashMap::new())[0].id;
        for (answered, left) in
            [("2026-02-13", 6), ("2026-02-14", 4), ("2026-02-15", 1), ("2026-02-16", 0)]
        {
            let found = of(&days, &HashMap::from([(id, answered.to_owned())]));
            assert_eq!(found.iter().map(|group| group.count).sum::<u64>(), left, "{answered}");
        }
    }

    #[test]
    fn another_chatbot_s_group_is_another() {
        let other = "0197a000-0000-7000-8000-000000000002".parse().unwrap();
        assert_ne!(group_of(chatbot(), "Norway?"), group_of(other, "Norway?"));
        assert_eq!(group_of(chatbot(), "Norway?"), group_of(chatbot(), "in Norway"));
    }
}
