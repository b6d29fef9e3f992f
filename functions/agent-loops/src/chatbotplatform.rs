use app::agent_loops::executions::{Execution, ExecutionRecord};
use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Body, Params, PathParams, Problem, WorkspaceKey};
use dialects::chatbotplatform::{
    AgentLoopQuery, ChatbotPlatform, DataOut, DeletedOut, ExecutionQuery, ListIn, ListOut,
    agent_loops::{AgentLoopIn, AgentLoopOut, AgentLoopPatchIn},
    executions::{ExecutionOut, ExecutionRecordOut},
};
use domain::{AgentLoopId, AgentLoopPatch, Dialect, NewAgentLoop};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<T, Problem<ChatbotPlatform>>;
type Key = WorkspaceKey<ChatbotPlatform>;
type Both = PathParams<ChatbotPlatform, (String, String)>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_agent_loops, create_agent_loop))
        .routes(routes!(get_agent_loop, update_agent_loop, delete_agent_loop))
        .routes(routes!(run_agent_loop))
        .routes(routes!(list_executions))
        .routes(routes!(get_execution))
        .routes(routes!(cancel_execution))
}

fn shown(Execution { execution, result }: Execution) -> ExecutionOut {
    (execution, result).into()
}

/// List agent loops
///
/// Newest first.
#[utoipa::path(get, path = "/v1/agent-loops", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(AgentLoopQuery),
    responses((status = 200, body = ListOut<AgentLoopOut>)))]
async fn list_agent_loops(
    State(ctx): State<Ctx>,
    key: Key,
    Params(query, _): Params<ChatbotPlatform, ListIn>,
) -> Reply<Json<ListOut<AgentLoopOut>>> {
    let (filter, page) = query.agent_loops()?;
    let (found, total) = ctx.loops.page(key.0.workspace_id, &filter, page).await?;
    Ok(Json(ListOut::new(found, total, page)))
}

/// Create agent loop
///
/// A job in words for a model with tools. It runs by request, and by its schedule if it has one; a plan may set
/// the least number of minutes between two runs. The values of its headers are never shown.
#[utoipa::path(post, path = "/v1/agent-loops", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    request_body = AgentLoopIn,
    responses((status = 201, body = DataOut<AgentLoopOut>)))]
async fn create_agent_loop(
    State(ctx): State<Ctx>,
    key: Key,
    Body(body, _): Body<ChatbotPlatform, AgentLoopIn>,
) -> Reply<(StatusCode, Json<DataOut<AgentLoopOut>>)> {
    let new = NewAgentLoop::try_from(body)?;
    let (workspace, plan) = (key.0.workspace_id, key.0.plan);
    let made = ctx.loops.create(workspace, plan, Dialect::ChatbotPlatform, new).await?;
    Ok((StatusCode::CREATED, Json(DataOut::new(made))))
}

/// Get agent loop details
#[utoipa::path(get, path = "/v1/agent-loops/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Agent loop ID")),
    responses((status = 200, body = DataOut<AgentLoopOut>)))]
async fn get_agent_loop(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<AgentLoopOut>>> {
    let found = ctx.loops.get(key.0.workspace_id, id.parse()?).await?;
    Ok(Json(DataOut::new(found)))
}

/// Update agent loop
///
/// Only what is sent is changed; an empty text takes a value away. A header whose value is sent masked
/// keeps the stored one. Another schedule, or switching the loop on again, plans it from now on.
#[utoipa::path(patch, path = "/v1/agent-loops/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Agent loop ID")),
    request_body = AgentLoopPatchIn,
    responses((status = 200, body = DataOut<AgentLoopOut>)))]
async fn update_agent_loop(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
    Body(body, _): Body<ChatbotPlatform, AgentLoopPatchIn>,
) -> Reply<Json<DataOut<AgentLoopOut>>> {
    let id: AgentLoopId = id.parse()?;
    let patch = AgentLoopPatch::try_from(body)?;
    let (workspace, plan) = (key.0.workspace_id, key.0.plan);
    let changed = ctx.loops.update(workspace, plan, Dialect::ChatbotPlatform, id, patch).await?;
    Ok(Json(DataOut::new(changed)))
}

/// Delete agent loop
///
/// Its executions go with it; one that is under way ends without an event.
#[utoipa::path(delete, path = "/v1/agent-loops/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Agent loop ID")),
    responses((status = 200, body = DataOut<DeletedOut>)))]
async fn delete_agent_loop(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<DeletedOut>>> {
    let id: AgentLoopId = id.parse()?;
    ctx.loops.delete(key.0.workspace_id, id).await?;
    Ok(Json(DeletedOut::new(id)))
}

/// Execute agent loop
///
/// Begins an execution and answers before it is over; it is `pending` until a worker has it. An inactive
/// loop can be run too. Each request is an execution, unless an `Idempotency-Key` says otherwise.
#[utoipa::path(post, path = "/v1/agent-loops/{id}/run", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Agent loop ID")),
    responses((status = 201, body = DataOut<ExecutionOut>)))]
async fn run_agent_loop(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
) -> Reply<(StatusCode, Json<DataOut<ExecutionOut>>)> {
    let begun = ctx.loops.run(key.0.workspace_id, id.parse()?).await?;
    Ok((StatusCode::CREATED, Json(DataOut { data: shown(begun) })))
}

/// List executions
///
/// Of an agent loop, newest first, of the newest 1,000. The more there are on a page, the shorter is what
/// each shows of its output and its tool calls.
#[utoipa::path(get, path = "/v1/agent-loops/{id}/executions", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Agent loop ID"), ExecutionQuery),
    responses((status = 200, body = ListOut<ExecutionOut>)))]
async fn list_executions(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
    Params(query, _): Params<ChatbotPlatform, ListIn>,
) -> Reply<Json<ListOut<ExecutionOut>>> {
    let (filter, page) = query.executions()?;
    let workspace = key.0.workspace_id;
    let (found, total) = ctx.loops.executions(workspace, id.parse()?, &filter, page).await?;
    Ok(Json(ListOut::new(found.into_iter().map(shown).collect(), total, page)))
}

/// Get execution
///
/// An execution of an agent loop with the record of its steps, also while it runs.
#[utoipa::path(get, path = "/v1/agent-loops/{id}/executions/{executionId}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(
        ("id" = String, Path, description = "Agent loop ID"),
        ("executionId" = String, Path, description = "Execution ID")),
    responses((status = 200, body = DataOut<ExecutionRecordOut>)))]
async fn get_execution(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams((id, execution), _): Both,
) -> Reply<Json<DataOut<ExecutionRecordOut>>> {
    let workspace = key.0.workspace_id;
    let found = ctx.loops.execution(workspace, id.parse()?, execution.parse()?).await?;
    let ExecutionRecord { execution: Execution { execution, result }, steps } = found;
    Ok(Json(DataOut::new((execution, result, steps))))
}

/// Cancel execution
///
/// One that waits ends at once, one that runs within seconds: as `failed`, with the error `cancelled`.
/// One that has ended is a conflict.
#[utoipa::path(post, path = "/v1/agent-loops/{id}/executions/{executionId}/cancel",
    tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(
        ("id" = String, Path, description = "Agent loop ID"),
        ("executionId" = String, Path, description = "Execution ID")),
    responses((status = 200, body = DataOut<ExecutionOut>)))]
async fn cancel_execution(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams((id, execution), _): Both,
) -> Reply<Json<DataOut<ExecutionOut>>> {
    let workspace = key.0.workspace_id;
    let cancelled = ctx.loops.cancel(workspace, id.parse()?, execution.parse()?).await?;
    Ok(Json(DataOut { data: shown(cancelled) }))
}
