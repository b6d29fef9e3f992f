//! Lists of tools: pages, bounds, and tools that are left out.

use super::*;

fn tools(number: usize) -> Option<Vec<Value>> {
    let tool = |n| json!({ "name": format!("t{n}"), "inputSchema": { "type": "object" } });
    Some((0..number).map(tool).collect())
}

#[tokio::test]
async fn pages_are_read_to_the_end_in_order() {
    for speaks in [Speaks::Legacy, Speaks::Modern] {
        let mode = McpMode { speaks, tools: tools(45), page_size: 10, ..McpMode::default() };
        let (fake, client) = connected(mode).await;
        let listed = client.list_tools(LONG).await.unwrap();
        let names: Vec<String> = listed.tools.into_iter().map(|tool| tool.name).collect();
        assert_eq!(names, (0..45).map(|n| format!("t{n}")).collect::<Vec<_>>());
        assert_eq!(listed.warnings, [""; 0]);
        assert_eq!(fake.methods().iter().filter(|method| *method == "tools/list").count(), 5);
    }
}

#[tokio::test]
async fn a_cursor_that_comes_back_is_an_error() {
    let mode =
        McpMode { tools: tools(30), page_size: 10, cursor_loops: true, ..McpMode::default() };
    let (fake, client) = connected(mode).await;
    let error = client.list_tools(LONG).await.unwrap_err();
    assert!(matches!(error, McpError::Protocol(_)), "{error}");
    assert!(fake.asked().len() < 10);
}

#[tokio::test]
async fn pages_and_tools_are_bounded_and_what_is_left_out_is_told() {
    let mode = McpMode { tools: tools(500), page_size: 50, ..McpMode::default() };
    let (_, client) = connected(mode).await;
    let listed = client.list_tools(LONG).await.unwrap();
    assert_eq!((listed.tools.len(), listed.warnings.len()), (128, 1), "{:?}", listed.warnings);
    let (fake, client) =
        connected(McpMode { tools: tools(100), page_size: 2, ..McpMode::default() }).await;
    let listed = client.list_tools(LONG).await.unwrap();
    assert_eq!((listed.tools.len(), listed.warnings.len()), (40, 1), "{:?}", listed.warnings);
    assert_eq!(fake.methods().iter().filter(|method| *method == "tools/list").count(), 20);
}

#[tokio::test]
async fn one_bad_tool_costs_that_tool() {
    let good = json!({ "name": "good", "inputSchema": { "type": "object" } });
    let nameless = json!({ "inputSchema": {} });
    let huge = json!({ "name": "huge", "description": "x".repeat(100_000) });
    let header = json!({ "name": "header", "inputSchema": {
        "type": "object", "properties": { "a": { "type": "number", "x-mcp-header": "A" } },
    }});
    let tools = Some(vec![nameless, huge, header, good]);
    for (speaks, left) in [(Speaks::Modern, 1), (Speaks::Legacy, 2)] {
        let mode = McpMode { speaks, tools: tools.clone(), ..McpMode::default() };
        let (_, client) = connected(mode).await;
        let listed = client.list_tools(LONG).await.unwrap();
        assert_eq!(listed.tools.len(), left, "only a modern server has headers of arguments");
        assert_eq!(listed.tools.last().unwrap().name, "good");
        assert_eq!(listed.warnings.len(), 4 - left, "{:?}", listed.warnings);
    }
}

#[tokio::test]
async fn all_tools_of_the_fake_become_tools_of_a_model() {
    for speaks in [Speaks::Legacy, Speaks::Modern] {
        let (_, client) = connected(McpMode { speaks, ..McpMode::default() }).await;
        let listed = client.list_tools(LONG).await.unwrap();
        let mut toolbox = crate::tools::Toolbox::default();
        toolbox.offer("crm", &listed.tools, None);
        assert_eq!(toolbox.tools().len(), listed.tools.len());
        assert_eq!(toolbox.warnings(), [""; 0]);
        let names: std::collections::BTreeSet<&str> =
            toolbox.tools().iter().map(|tool| tool.name.as_str()).collect();
        assert_eq!(names.len(), listed.tools.len());
        assert!(names.iter().all(|name| {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            name.len() <= 64 && name.chars().all(plain)
        }));
        let notion = toolbox.tools().iter().find(|tool| tool.name == "crm__notion").unwrap();
        assert!(notion.parameters.get("anyOf").is_none());
        assert!(notion.description.contains("page; or database"), "{}", notion.description);
    }
}

#[tokio::test]
async fn an_event_and_a_body_over_their_bounds_are_out_of_protocol() {
    // 1 MiB is the bound of an event, 4 MiB that of a body.
    for (sse, size, fails) in [
        (true, 1_000_000, false),
        (true, 1_200_000, true),
        (false, 1_200_000, false),
        (false, 4_400_000, true),
    ] {
        let tool = json!({ "name": "huge", "description": "x".repeat(size) });
        let mode = McpMode { sse, tools: Some(vec![tool]), ..McpMode::default() };
        let (_, client) = connected(mode).await;
        let listed = client.list_tools(LONG).await;
        let is_protocol = matches!(listed, Err(McpError::Protocol(_)));
        assert_eq!(is_protocol, fails, "{sse}, {size}: {:?}", listed.map(|l| l.warnings));
    }
}
