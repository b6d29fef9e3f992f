use app::{
    crawl::job::CrawlPage,
    mail::job::Mail,
    ops::{
        dead_letters::{DeadLetter, DeadLetters},
        purge::Purge,
    },
    webhooks::job::Deliver,
    work_queue::Job,
};
use clap::{Args, Subcommand, ValueEnum};
use domain::Result;
use runtime::{Aws, Env};

#[derive(Debug, Args)]
pub struct Dlq {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Counts the dead letters, and shows some of it. Bodies hold ids, and no text of visitors.
    List {
        /// One queue; all of them without it.
        queue: Option<Queue>,
        /// How many of each to show.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(0..=100))]
        show: u16,
    },
    /// Sends dead letters back to be tried again.
    Replay {
        /// The queue.
        queue: Queue,
        /// No more than this many.
        #[arg(long, default_value_t = 10_000)]
        most: usize,
    },
    /// Deletes the dead letters.
    Drop {
        /// The queue.
        queue: Queue,
        /// No more than this many.
        #[arg(long, default_value_t = 10_000)]
        most: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Queue {
    Crawl,
    Delivery,
    Mail,
    Purge,
    /// Records of the stream that could not be handled.
    Stream,
}

impl Queue {
    const ALL: [Self; 5] = [Self::Crawl, Self::Delivery, Self::Mail, Self::Purge, Self::Stream];

    fn name(self) -> &'static str {
        match self {
            Self::Crawl => "crawl",
            Self::Delivery => "delivery",
            Self::Mail => "mail",
            Self::Purge => "purge",
            Self::Stream => "stream",
        }
    }

    async fn open(self, env: &Env, aws: &Aws) -> Result<DeadLetters> {
        let queue = match self {
            Self::Crawl => CrawlPage::QUEUE,
            Self::Delivery => Deliver::QUEUE,
            Self::Mail => Mail::QUEUE,
            Self::Purge => Purge::QUEUE,
            Self::Stream => return aws.stream_failures(env),
        };
        aws.dead_letters(env, queue).await
    }
}

impl Dlq {
    pub(crate) async fn run(self, env: &Env, aws: &Aws) -> Result<String> {
        match self.what {
            What::List { queue, show } => list(queue, show.into(), env, aws).await,
            What::Replay { queue, most } => {
                let count = queue.open(env, aws).await?.replay(most).await?;
                Ok(format!("{}: {count} sent back\n", queue.name()))
            }
            What::Drop { queue, most } => {
                let count = queue.open(env, aws).await?.drop_letters(most).await?;
                Ok(format!("{}: {count} dropped\n", queue.name()))
            }
        }
    }
}

async fn list(queue: Option<Queue>, show: usize, env: &Env, aws: &Aws) -> Result<String> {
    let mut said = String::new();
    for queue in Queue::ALL.into_iter().filter(|one| queue.is_none_or(|queue| queue == *one)) {
        let letters = queue.open(env, aws).await?;
        said.push_str(&format!("{}: {}\n", queue.name(), letters.count().await?));
        for letter in letters.look(show).await? {
            let DeadLetter { id, sent_at, reason, body } = letter;
            let at = sent_at.map(|at| at.to_string()).unwrap_or_default();
            let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
            said.push_str(&format!("  {at} {id}{reason} {body}\n"));
        }
    }
    Ok(said)
}
