//! Asks an MCP server what it offers, and runs some of its tools: `mcp URL [--era ERA]
//! [--header NAME=VALUE]… [TOOL ARGUMENTS]…`. Prints one JSON object.

use std::time::Duration;

use ai::mcp::{CallTime, McpClient, McpEra, McpServer};
use serde_json::{Value, json};

const TIME: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> Result<(), String> {
    let mut words = std::env::args().skip(1);
    let url = words
        .next()
        .ok_or("usage: mcp URL [--era ERA] [--header NAME=VALUE]… [TOOL ARGUMENTS]…")?;
    let mut headers = Vec::new();
    let mut era = None;
    let mut calls: Vec<(String, Value)> = Vec::new();
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("nothing comes after {word}"))?;
        if word == "--era" {
            era = Some(McpEra::from_name(&value).ok_or("an era is modern or legacy")?);
        } else if word == "--header" {
            let (name, value) = value.split_once('=').ok_or("a header is NAME=VALUE")?;
            headers.push((name.to_owned(), value.to_owned()));
        } else {
            calls.push((word, serde_json::from_str(&value).map_err(|error| error.to_string())?));
        }
    }
    let url = url.parse().map_err(|error| format!("{url}: {error}"))?;
    let server = McpServer { name: "server".to_owned(), url, headers, era };
    println!("{}", said(server, calls).await?);
    Ok(())
}

async fn said(server: McpServer, calls: Vec<(String, Value)>) -> Result<Value, String> {
    let client = outbound::Client::new(outbound::Policy::Local, "colloquy-example");
    let client = client.map_err(|error| error.to_string())?;
    let client =
        McpClient::connect(client, server, TIME).await.map_err(|error| error.to_string())?;
    let listed = client.list_tools(TIME).await.map_err(|error| error.to_string())?;
    let mut results = Vec::new();
    for (name, arguments) in calls {
        let tool = listed.tools.iter().find(|tool| tool.name == name);
        let tool = tool.ok_or_else(|| format!("the server lists no tool {name}"))?;
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        let time = CallTime { silence: TIME, total: TIME };
        results.push(match client.call(tool, arguments, time).await {
            Ok(output) => json!({ "text": output.text, "is_error": output.is_error }),
            Err(error) => json!({ "failed": error.to_string() }),
        });
    }
    client.close().await;
    Ok(json!({
        "era": client.era().name(),
        "instructions": client.instructions(),
        "tools": listed.tools.iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>(),
        "warnings": listed.warnings,
        "results": results,
    }))
}
