//! The client against a server that is built with the official SDK for Rust.

use std::sync::Arc;

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ListToolsResult,
        PaginatedRequestParams, ServerConfig,
    },
    service::RequestContext,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
    },
};

use super::*;

/// Tools on the SDK's server, in two pages.
#[derive(Clone)]
struct Stock;

impl ServerHandler for Stock {
    fn get_info(&self) -> ServerConfig {
        let capabilities = serde_json::from_value(json!({ "tools": {} })).unwrap();
        ServerConfig::new(capabilities).with_instructions("Ask before you order.")
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tool = |name: &str| json!({ "name": name, "inputSchema": { "type": "object" } });
        let page = match request.and_then(|request| request.cursor).as_deref() {
            None => json!({ "tools": [tool("stock")], "nextCursor": "second" }),
            Some(_) => json!({ "tools": [tool("fail")] }),
        };
        Ok(serde_json::from_value(page).unwrap())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let said = match &*request.name {
            "stock" => json!(request.arguments).to_string(),
            "fail" => "no such item".to_owned(),
            _ => return Err(ErrorData::invalid_params("no such tool", None)),
        };
        let result = json!({
            "content": [{ "type": "text", "text": said }],
            "isError": request.name == "fail",
        });
        let result: CallToolResult = serde_json::from_value(result).unwrap();
        Ok(result.into())
    }
}

async fn start(config: StreamableHttpServerConfig) -> Url {
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(|| Ok(Stock), sessions, config);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback_service(service);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url.parse().unwrap()
}

#[tokio::test]
async fn the_official_sdk_is_understood_in_both_eras_with_and_without_sessions() {
    for (sessions, json_response) in [(true, false), (false, false), (false, true)] {
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(sessions)
            .with_json_response(json_response);
        let url = start(config).await;
        for era in [None, Some(McpEra::Legacy)] {
            let server =
                McpServer { name: "stock".to_owned(), url: url.clone(), headers: Vec::new(), era };
            let client = McpClient::connect(outbound(), server, LONG).await;
            let client = client.unwrap_or_else(|error| panic!("{era:?}, {sessions}: {error}"));
            assert_eq!(client.era(), era.unwrap_or(McpEra::Modern), "{sessions}");
            assert_eq!(client.instructions(), Some("Ask before you order."));
            let listed = client.list_tools(LONG).await.unwrap();
            let names: Vec<&str> = listed.tools.iter().map(|tool| tool.name.as_str()).collect();
            assert_eq!(names, ["stock", "fail"]);
            let said = call(&client, "stock", json!({ "item": "bolt" })).await;
            assert_eq!(said, output("{\"item\":\"bolt\"}"));
            let failed = call(&client, "fail", json!({})).await.unwrap();
            assert!(failed.is_error && failed.text == "no such item");
            let unknown = McpTool::read(&json!({ "name": "other" })).unwrap();
            let refused = client.call(&unknown, Map::new(), time()).await.unwrap();
            assert!(refused.is_error && refused.text.contains("no such tool"), "{refused:?}");
            client.close().await;
        }
    }
}
