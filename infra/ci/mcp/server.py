"""A server of the official SDK: python server.py PORT [json] [stateless] [key]"""

import sys

import anyio
import uvicorn
from mcp.server.mcpserver import Context, Image, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

server = MCPServer("stock", instructions="Ask for stock before you order.", log_level="ERROR")
# What must not be done twice, counted.
orders = []


@server.tool(annotations=ToolAnnotations(readOnlyHint=True))
def stock(item: str) -> dict[str, int]:
    """How many of an item there are."""
    return {item: 7}


@server.tool()
def order(item: str, number: int = 1) -> str:
    """Orders an item."""
    orders.append(item)
    return f"order {len(orders)}: {number} x {item}"


@server.tool()
def fail(why: str) -> str:
    """Fails."""
    raise ToolError(why)


@server.tool()
def long() -> str:
    """Returns much."""
    return "HEAD" + "x" * 300_000 + "TAIL"


@server.tool(structured_output=False)
def picture() -> Image:
    """Returns a picture."""
    return Image(data=bytes(12 * 1024), format="png")


@server.tool()
async def slow(ctx: Context) -> str:
    """Takes a while, and says so."""
    for step in range(5):
        await anyio.sleep(0.1)
        await ctx.report_progress(step, 5)
    return "done"


def guarded(app):
    """Lets nothing in without the key."""

    async def checked(scope, receive, send):
        if scope["type"] == "http" and (b"authorization", b"Bearer s3cr3t-key") not in scope["headers"]:
            got = dict(scope["headers"]).get(b"authorization", b"nothing")
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b"got " + got})
        else:
            await app(scope, receive, send)

    return checked


if __name__ == "__main__":
    port, modes = int(sys.argv[1]), sys.argv[2:]
    app = server.streamable_http_app(json_response="json" in modes, stateless_http="stateless" in modes)
    uvicorn.run(guarded(app) if "key" in modes else app, host="127.0.0.1", port=port, log_level="error")
