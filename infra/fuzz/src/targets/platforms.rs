//! What users of messaging platforms write, as the platforms send it, and what becomes of an answer there.

use std::{collections::BTreeMap, hint::black_box};

use domain::{Platform, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use platforms::{ChannelAccount, ChannelCredentials, ChannelSide, InboundRequest, receive, render};
use sha2::Sha256;

use super::{REQUEST, Target};

/// The secret that the platforms below share with us.
const SECRET: &str = "secret";

pub(super) const INBOUND: Target = Target {
    name: "inbound",
    max_bytes: 256 * 1024,
    max_mib: REQUEST,
    words: &[
        "{\"update_id\":1,\"message\":{",
        "\"chat\":{\"id\":1,\"type\":\"private\"}",
        "\"text\":\"/start\"",
        "\"entities\":[{\"type\":\"mention\",\"offset\":9999999999,\"length\":-1}]",
        "\"type\":\"event_callback\"",
        "\"event\":{\"type\":\"message\",\"text\":\"<@U1> hi\"}",
        "\"entry\":[{\"changes\":[{\"value\":{\"messages\":[{",
        "\"messaging\":[{\"message\":{\"mid\":\"m\",\"text\":\"t\"}}]",
        "\"timestamp\":\"1\"",
        "\\ud800",
        "[[[[",
        "}",
        "]",
        ",",
    ],
    from_bench: &[],
    read: inbound,
};

pub(super) const PIECES: Target = Target {
    name: "pieces",
    max_bytes: 64 * 1024,
    max_mib: REQUEST,
    words: &[
        "**",
        "__",
        "`",
        "```\n",
        "[a](https://example.com)",
        "- ",
        "1. ",
        "> ",
        "| a | b |\n|---|---|\n",
        "# ",
        "~~",
        "<b>",
        "&amp;",
        "\\",
        "\u{200d}",
        "\u{1f469}\u{200d}\u{1f467}",
        "\n\n",
    ],
    from_bench: &[("files", &[".md"])],
    read: pieces,
};

fn hmac(parts: &[&[u8]]) -> Result<String, String> {
    let made = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes());
    let mut mac = made.map_err(|error| error.to_string())?;
    parts.iter().for_each(|part| mac.update(part));
    Ok(hex::encode(mac.finalize().into_bytes()))
}

/// Each platform's proof is made for the bytes, so that what parses them gets them.
fn inbound(bytes: &[u8]) -> Result<(), String> {
    let now = Timestamp::from_millis(1_767_225_600_000);
    let seconds = now.seconds().to_string();
    let meta = format!("sha256={}", hmac(&[bytes])?);
    let slack = format!("v0={}", hmac(&[b"v0:", seconds.as_bytes(), b":", bytes])?);
    let proofs: [(Platform, &[(&str, &str)]); 4] = [
        (Platform::Telegram, &[("X-Telegram-Bot-Api-Secret-Token", SECRET)]),
        (
            Platform::Slack,
            &[("X-Slack-Request-Timestamp", &seconds), ("X-Slack-Signature", &slack)],
        ),
        (Platform::Whatsapp, &[("X-Hub-Signature-256", &meta)]),
        (Platform::Messenger, &[("X-Hub-Signature-256", &meta)]),
    ];
    for (platform, headers) in proofs {
        let kept =
            ["signing_secret", "app_secret"].map(|name| (name.to_owned(), SECRET.to_owned()));
        let credentials = ChannelCredentials::stored(platform, BTreeMap::from(kept));
        let account = ChannelAccount { id: "1".to_owned(), ..ChannelAccount::default() };
        let channel = ChannelSide { credentials: &credentials, account: &account, secret: SECRET };
        let headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let request =
            InboundRequest { method: "POST", query: &[], headers: &headers, body: bytes, now };
        match receive(channel, request) {
            Ok(inbound) => drop(black_box(inbound)),
            Err(refused) => return Err(format!("{platform:?}: {}", refused.why)),
        }
    }
    Ok(())
}

/// Whatever an answer is, its messages fit the platform.
fn pieces(bytes: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(bytes);
    for (platform, units) in [
        (Platform::Telegram, 4_096),
        (Platform::Slack, 4_000),
        (Platform::Discord, 2_000),
        (Platform::Whatsapp, 4_096),
        (Platform::Messenger, 2_000),
    ] {
        let pieces = render(platform, &text, 10);
        let long = pieces.iter().find(|piece| piece.plain.encode_utf16().count() > units);
        if pieces.len() > 10 || long.is_some() {
            return Err(format!("{platform:?}: {} messages, or one too long", pieces.len()));
        }
    }
    Ok(())
}
