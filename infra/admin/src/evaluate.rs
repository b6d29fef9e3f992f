//! A team's own questions, asked of a chatbot: how many it answers rightly, and which not.

use std::{fmt::Write, fs, path::PathBuf, sync::Arc};

use ai::Builtin;
use app::{App, chat::turn::Chat};
use clap::Args;
use domain::{
    Error, ErrorKind, Result,
    search::{ReplyKind, SearchHit, SearchQuestion, SearchReport},
};
use runtime::{Aws, Env};

use crate::workspace;

/// Entries of a search that an offer can be of.
const OFFERED: usize = 3;
/// Questions of one file at most.
const MAX_QUESTIONS: usize = 10_000;

#[derive(Debug, Args)]
pub struct Evaluate {
    /// Questions as CSV: the columns `question` and `expected`, the text or the source (an address or a
    /// title) that a right answer has, several with `|` between them; empty for a question that must not be answered.
    file: PathBuf,
    /// Id of the workspace, or the address that signed it up.
    #[arg(long)]
    workspace: String,
    /// Id of the chatbot.
    #[arg(long)]
    chatbot: String,
}

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Right,
    Near,
    Refused,
    Wrong,
}

impl Verdict {
    const ALL: [Self; 4] = [Self::Right, Self::Near, Self::Refused, Self::Wrong];

    fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Near => "near",
            Self::Refused => "refused",
            Self::Wrong => "wrong",
        }
    }

    /// That of a question whose answer has one of `expected`, or none if that is empty.
    fn of(report: &SearchReport, expected: &[String]) -> Self {
        let says = |text: &str| expected.iter().any(|one| text.to_lowercase().contains(one));
        let is_from = |hit: &SearchHit| {
            says(&hit.heading)
                || says(&hit.citation.title)
                || hit.citation.url.as_deref().is_some_and(says)
        };
        match (report.reply, expected.is_empty()) {
            (ReplyKind::Answer, true) => Self::Wrong,
            (ReplyKind::Offer | ReplyKind::Refusal | ReplyKind::SmallTalk, true) => Self::Right,
            (ReplyKind::Answer | ReplyKind::SmallTalk, false) => {
                let right = says(&report.answer) || report.hits.first().is_some_and(is_from);
                if right { Self::Right } else { Self::Wrong }
            }
            (ReplyKind::Offer, false) => {
                let has = |hit: &SearchHit| is_from(hit) || says(&hit.content);
                let near = report.hits.iter().take(OFFERED).any(has);
                if near { Self::Near } else { Self::Refused }
            }
            (ReplyKind::Refusal, false) => Self::Refused,
        }
    }
}

impl Evaluate {
    pub(crate) async fn run(self, app: &App, env: &Env, aws: &Aws) -> Result<String> {
        let owner = workspace(app, &self.workspace).await?.id;
        let chatbot = app.chatbot(owner, self.chatbot.parse()?).await?.id;
        let chat = Chat::new(app.clone(), Arc::new(Builtin), aws.integrations(env, app.clone()));
        let mut counts = [0usize; Verdict::ALL.len()];
        let mut said = String::new();
        for (question, expected) in self.questions()? {
            let asked = SearchQuestion::new(Some(&question), None)?;
            let report = chat.search_report(owner, chatbot, &asked).await?;
            let verdict = Verdict::of(&report, &expected);
            counts[verdict as usize] += 1;
            let _ = writeln!(said, "{}\t{:.2}\t{question}", verdict.name(), report.confidence);
        }
        let total: usize = counts.iter().sum();
        for (verdict, count) in Verdict::ALL.into_iter().zip(counts) {
            let percent = 100.0 * count as f64 / total.max(1) as f64;
            let _ = writeln!(said, "{}: {count} of {total} ({percent:.1} %)", verdict.name());
        }
        Ok(said)
    }

    /// The questions of the file, each with what is expected, in lower case.
    fn questions(&self) -> Result<Vec<(String, Vec<String>)>> {
        let invalid = |reason: String| {
            Error::new(ErrorKind::Validation, format!("{}: {reason}", self.file.display()))
        };
        let text = fs::read_to_string(&self.file).map_err(|error| invalid(error.to_string()))?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| invalid(error.to_string()))?.clone();
        let column =
            |name: &str| header.iter().position(|one| one.trim().eq_ignore_ascii_case(name));
        let question =
            column("question").ok_or_else(|| invalid("no column question".to_owned()))?;
        let expected = column("expected");
        let mut questions = Vec::new();
        for row in reader.records().take(MAX_QUESTIONS) {
            let row = row.map_err(|error| invalid(error.to_string()))?;
            let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default().trim();
            if cell(Some(question)).is_empty() {
                continue;
            }
            let wanted = cell(expected).split('|').map(|one| one.trim().to_lowercase());
            let wanted = wanted.filter(|one| !one.is_empty()).collect();
            questions.push((cell(Some(question)).to_owned(), wanted));
        }
        Ok(questions)
    }
}
