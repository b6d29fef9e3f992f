//! No two entities share a key, and what is stored keeps its keys.

use std::collections::HashMap;

use domain::ChannelEntry;

use super::*;

/// Every key pattern with the same id everywhere, so that only the pattern can tell them apart.
fn patterns() -> Vec<(&'static str, Key)> {
    let id = "0197a000-0000-7000-8000-000000000001";
    let (ws, bot, conv) = (id.parse().unwrap(), id.parse().unwrap(), id.parse().unwrap());
    let (src, job, hook) = (id.parse().unwrap(), id.parse().unwrap(), id.parse().unwrap());
    vec![
        ("workspace", workspace(ws)),
        ("usage", usage(ws, "calls", "2026-02")),
        ("rate", rate(id, "visit", Timestamp::from_millis(0))),
        ("user", user(id)),
        ("code", code(id)),
        ("code_request", code_request(id, CodePurpose::Reset)),
        ("member", member(ws, id.parse().unwrap())),
        ("queues", queues(ws)),
        ("invitation", invitation(ws, id.parse().unwrap())),
        ("session_entry", session_entry(id, id.parse().unwrap())),
        ("workspace_entry", workspace_entry(ws)),
        ("session", session(id)),
        ("sign_in_link", sign_in_link(id)),
        ("api_key", api_key(id)),
        ("api_key_entry", api_key_entry(ws, id.parse().unwrap())),
        ("idempotency", idempotency(id, id)),
        ("chatbot", chatbot(ws, bot)),
        ("integration", integration(ws, id.parse().unwrap())),
        ("channel", channel(id.parse().unwrap())),
        ("channel_pointer", channel_pointer(bot, id.parse().unwrap())),
        ("peer", peer(id.parse().unwrap(), &PeerKey::of(id))),
        (
            "channel_message",
            peer_entry(id.parse().unwrap(), &PeerKey::of(id), &ChannelEntry::inbound_place(7, id)),
        ),
        (
            "channel_reply",
            peer_entry(
                id.parse().unwrap(),
                &PeerKey::of(id),
                &ChannelEntry::outbound_place(id.parse().unwrap()),
            ),
        ),
        ("agent_loop", agent_loop(ws, id.parse().unwrap())),
        ("execution", execution(id.parse().unwrap(), id.parse().unwrap())),
        ("execution_result", execution_result(id.parse().unwrap())),
        ("execution_step", execution_step(id.parse().unwrap(), 1)),
        ("execution_slot", execution_slot(ws, 1)),
        ("chatbot_copy", chatbot_copy(bot)),
        ("branding", branding(bot)),
        ("logo", logo(bot)),
        ("widget", widget(bot)),
        ("retention", retention(bot)),
        ("subdomain", subdomain(&Subdomain::parse("", "my-client-site").unwrap())),
        ("custom_domain", custom_domain(&HostName::parse("", "chat.example.com").unwrap())),
        ("counters", counters(bot)),
        ("day", day(bot, "2026-02-15")),
        ("hour", hour(bot, "2026-02-15T10")),
        ("minute", minute(bot, "2026-02-15T10:30")),
        ("visitors", visitors(bot, "2026-02-15", 3)),
        ("sketch", sketch(bot, QuestionKind::Asked, "2026-02-15")),
        ("learned", learned(bot, id.parse().unwrap())),
        ("conversation", conversation(bot, conv)),
        ("mark", mark(conv)),
        ("turn", turn(conv, id.parse().unwrap())),
        ("direct_message", direct_message(conv, id.parse().unwrap())),
        ("feed_entry", feed_entry(ws, Timestamp::from_millis(0), conv)),
        ("trace", trace(conv, id.parse().unwrap())),
        ("lead", lead(bot, id.parse().unwrap())),
        ("source", source(bot, src)),
        ("source_url", source_url(bot, id)),
        ("page", page(src, job, id)),
        ("links", links(src, job, id)),
        ("chunk", chunk(src, job, id, 1)),
        ("meaning", meaning(src, job, id, 1)),
        ("host_place", host_place(id, 1)),
        ("host_pace", host_pace(id)),
        ("segment_part", segment_part(src, job, 1)),
        ("index_pointer", index_pointer(bot, src)),
        ("webhook", webhook(Scope::Chatbot(bot), hook)),
        ("webhook_of_workspace", webhook(Scope::Workspace(ws), hook)),
        ("callback", webhook(Scope::AgentLoop(id.parse().unwrap()), hook)),
        ("webhook_pointer", webhook_pointer(ws, hook)),
        ("delivery", delivery(hook, Timestamp::from_millis(0), id.parse().unwrap())),
        ("mail", mail(id.parse().unwrap())),
        ("tombstone", tombstone(id, "conversation")),
        ("failure", failure(id, id)),
        ("checkpoint", checkpoint(id, id)),
    ]
}

/// The snapshot: a changed pattern orphans what is stored, so it has to be changed here too.
#[test]
fn key_patterns_are_what_is_stored() {
    let found: String =
        patterns().iter().map(|(name, key)| format!("{name}: {} / {}\n", key.pk, key.sk)).collect();
    let expected = include_str!("../keys.snapshot");
    assert_eq!(found, expected, "a key pattern changed: stored items need a migration");
}

#[test]
fn no_two_patterns_share_a_key_or_hide_in_each_others_prefix() {
    let mut seen: HashMap<Key, &str> = HashMap::new();
    for (name, key) in patterns() {
        if let Some(other) = seen.insert(key.clone(), name) {
            panic!("{name} and {other} share the key {key:?}; give one another prefix");
        }
    }
    let prefix = |sk: &str| sk.split_inclusive('#').next().unwrap().to_owned();
    for (name, a) in patterns() {
        for (other, b) in patterns() {
            let same_partition = a.pk == b.pk;
            assert!(
                name == other || !same_partition || !b.sk.starts_with(&prefix(&a.sk)),
                "a query for {name} in {} would find {other}",
                a.pk
            );
        }
    }
}

#[test]
fn due_shards_are_all_used() {
    let mut used = [0u32; DUE_SHARDS as usize];
    for _ in 0..400 {
        used[usize::from(due_shard(&conversation(ChatbotId::new(), ConversationId::new())))] += 1;
    }
    assert!(used.iter().all(|n| *n > 50), "{used:?}");
}
