//! The list of all types of jobs. Each lives beside the code that carries it out; workers, the
//! platform on one machine, the operator's command line and a test of `template.yaml` read the list
//! here. What every job has is in [`crate::work_queue`].

use crate::{
    agent_loops::job::RunLoop, channels::job::ChannelJob, crawl::job::CrawlPage, mail::job::Mail,
    ops::purge::Purge, webhooks::job::Deliver, work_queue::JobType,
};

/// All types of jobs.
pub const ALL: [JobType; 6] = [
    JobType::of::<ChannelJob>(),
    JobType::of::<CrawlPage>(),
    JobType::of::<Deliver>(),
    JobType::of::<Mail>(),
    JobType::of::<Purge>(),
    JobType::of::<RunLoop>(),
];

#[cfg(test)]
mod tests {
    use domain::{ChannelEntry, ErrorKind, PeerKey, Scope, Timestamp};
    use store::PurgeTarget;

    use super::*;
    use crate::{
        channels::job::ChannelTask,
        crawl::{batch::CrawlBatch, requests::CrawlMessage},
        mail::job::MailAbout,
        work_queue::{decode, encode},
    };

    fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(n: u8) -> T {
        format!("0197a000-0000-7000-8000-{n:012}").parse().unwrap()
    }

    /// Messages outlive a deployment, so these bodies are what they always were.
    #[test]
    fn payloads_are_what_is_on_the_queues() {
        let uuid = |n: u8| format!("0197a000-0000-7000-8000-{n:012}");
        let (one, two, three, four) = (uuid(1), uuid(2), uuid(3), uuid(4));
        let page = CrawlPage {
            workspace_id: id(1),
            chatbot_id: id(2),
            source_id: id(3),
            job: id(4),
            url: "https://example.com/docs".into(),
            turn: None,
        };
        let crawled = format!(
            r#"{{"v":1,"workspaceId":"{one}","chatbotId":"{two}","sourceId":"{three}","job":"{four}","url":"https://example.com/docs""#
        );
        assert_eq!(encode(&page).unwrap(), format!("{crawled}}}"));
        let turn = Some(Timestamp::from_millis(1_751_360_400_000));
        let later = CrawlPage { turn, ..page };
        assert_eq!(encode(&later).unwrap(), format!(r#"{crawled},"turn":1751360400000}}"#));
        assert_eq!(decode::<CrawlPage>(&encode(&later).unwrap()).unwrap(), later);
        let batch = CrawlBatch {
            workspace_id: id(1),
            chatbot_id: id(2),
            source_id: id(3),
            job: id(4),
            urls: vec!["https://example.com/a".into(), "https://example.com/b".into()],
        };
        let body = encode(&batch).unwrap();
        let urls = r#""urls":["https://example.com/a","https://example.com/b"]"#;
        let head = crawled.replace(r#""v":1"#, r#""v":2"#);
        let (head, _) = head.split_once(r#""url""#).unwrap();
        assert_eq!(body, format!("{head}{urls}}}"));
        assert_eq!(CrawlMessage::read(&body).unwrap(), CrawlMessage::Batch(batch));
        // A worker from before there were batches leaves it to those that know them.
        assert_eq!(decode::<CrawlPage>(&body).unwrap_err().kind, ErrorKind::Internal);

        for (scope, named) in [
            (Scope::Chatbot(id(2)), format!(r#""chatbotId":"{two}""#)),
            (Scope::Workspace(id(1)), format!(r#""workspaceId":"{one}""#)),
            (Scope::AgentLoop(id(1)), format!(r#""agentLoopId":"{one}""#)),
        ] {
            let deliver = Deliver {
                scope,
                webhook_id: id(3),
                created_at: Timestamp::from_millis(1_751_360_400_000),
                delivery_id: id(4),
                attempt: 0,
                deferrals: 0,
            };
            let body = format!(
                r#"{{"v":1,{named},"webhookId":"{three}","createdAt":1751360400000,"deliveryId":"{four}","attempt":0"#
            );
            assert_eq!(encode(&deliver).unwrap(), format!("{body}}}"));
            let deferred = Deliver { deferrals: 2, ..deliver };
            assert_eq!(encode(&deferred).unwrap(), format!(r#"{body},"putOff":2}}"#));
            assert_eq!(decode::<Deliver>(&encode(&deferred).unwrap()).unwrap(), deferred);
        }

        let mail = |chatbot_id, about| Mail {
            event_id: id(1),
            at: Timestamp::from_millis(5),
            workspace_id: id(2),
            chatbot_id,
            about,
        };
        let head = format!(r#"{{"v":1,"eventId":"{one}","at":5,"workspaceId":"{two}","#);
        let about = MailAbout::HandoffRequested { conversation_id: id(4) };
        let handoff = mail(Some(id(3)), about);
        assert_eq!(
            encode(&handoff).unwrap(),
            format!(
                r#"{head}"chatbotId":"{three}","about":{{"handoffRequested":{{"conversationId":"{four}"}}}}}}"#
            )
        );
        let disabled = mail(None, MailAbout::WebhookDisabled { webhook_id: id(4) });
        assert_eq!(
            encode(&disabled).unwrap(),
            format!(r#"{head}"about":{{"webhookDisabled":{{"webhookId":"{four}"}}}}}}"#)
        );
        for mail in [handoff, disabled] {
            assert_eq!(decode::<Mail>(&encode(&mail).unwrap()).unwrap(), mail);
        }

        let (peer, place) = (PeerKey::of("42"), ChannelEntry::inbound_place(7, "a"));
        let head = format!(r#"{{"v":1,"workspaceId":"{one}","channelId":"{two}","task":"#);
        let named = format!(r#""entry","peer":"{peer}","place":"{place}""#);
        for (task, rest) in [
            (ChannelTask::Removal, r#""removal""#.to_owned()),
            (ChannelTask::Check, r#""check""#.to_owned()),
            (
                ChannelTask::Entry { peer: peer.clone(), place: place.clone(), deferrals: 0 },
                named.clone(),
            ),
            (ChannelTask::Entry { peer, place, deferrals: 2 }, format!(r#"{named},"deferrals":2"#)),
        ] {
            let job = ChannelJob { workspace_id: id(1), channel_id: id(2), task };
            assert_eq!(encode(&job).unwrap(), format!("{head}{rest}}}"));
            assert_eq!(decode::<ChannelJob>(&encode(&job).unwrap()).unwrap(), job);
        }

        let purge = Purge { target: PurgeTarget::Conversation { id: id(1) } };
        let body = encode(&purge).unwrap();
        assert_eq!(body, format!(r#"{{"v":1,"target":{{"kind":"conversation","id":"{one}"}}}}"#));
        assert_eq!(decode::<Purge>(&body).unwrap(), purge);

        let run = RunLoop {
            workspace_id: id(1),
            agent_loop_id: id(2),
            execution_id: id(3),
            deferrals: 0,
        };
        let body = format!(
            r#"{{"v":1,"workspaceId":"{one}","agentLoopId":"{two}","executionId":"{three}""#
        );
        assert_eq!(encode(&run).unwrap(), format!("{body}}}"));
        let deferred = RunLoop { deferrals: 2, ..run };
        assert_eq!(encode(&deferred).unwrap(), format!(r#"{body},"deferrals":2}}"#));
        assert_eq!(decode::<RunLoop>(&encode(&deferred).unwrap()).unwrap(), deferred);
    }

    #[test]
    fn another_version_is_left_alone_and_what_is_no_job_is_malformed() {
        let body = encode(&Purge { target: PurgeTarget::Conversation { id: id(1) } }).unwrap();
        // Of whatever shape the other version is.
        for other in [body.replace(r#""v":1"#, r#""v":2"#), r#"{"v":2,"things":[]}"#.to_owned()] {
            let error = decode::<Purge>(&other).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Internal);
            assert!(error.to_string().contains("PurgeQueue"), "{error}");
        }
        for wrong in ["", "[]", "{}", r#"{"v":1}"#, r#"{"v":"1"}"#, &body[..body.len() - 1]] {
            assert_eq!(decode::<Purge>(wrong).unwrap_err().kind, ErrorKind::Malformed, "{wrong}");
        }
    }
}
