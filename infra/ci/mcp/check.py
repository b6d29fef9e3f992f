"""Holds our MCP client against a server of the official SDK, and our MCP server against its client.

python check.py PATH-TO-local PATH-TO-the-example-mcp
"""

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

HERE = Path(__file__).parent
DEADLINE = 60
KEY = "Bearer s3cr3t-key"


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def until(what, found):
    begun = time.monotonic()
    while time.monotonic() - begun < DEADLINE:
        answer = found()
        if answer:
            return answer
        time.sleep(0.1)
    sys.exit(f"{what}: not within {DEADLINE} s")


def holds(what, is_so):
    if not is_so:
        sys.exit(f"not so: {what}")


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def call(base, method, path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, method=method)
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    if data is not None:
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


class Server:
    """A server of the official SDK, as a process of its own."""

    def __init__(self, *modes):
        self.port = free_port()
        self.process = subprocess.Popen([sys.executable, str(HERE / "server.py"), str(self.port), *modes])
        until("the SDK's server starts", lambda: is_listening(self.port))
        self.url = f"http://127.0.0.1:{self.port}/mcp"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)


def our_client(example):
    """Every way in which that server can answer, in both eras."""
    calls = ["stock", '{"item": "bolt"}', "order", '{"item": "nut"}', "order", '{"item": "nut", "number": 3}',
             "fail", '{"why": "no such item"}', "long", "{}", "picture", "{}", "slow", "{}", "stock", "{}"]
    for modes in [[], ["json"], ["stateless"], ["json", "stateless"]]:
        for era in ["modern", "legacy"]:
            with Server(*modes) as server:
                # What is remembered of an era saves the probe.
                known = ["--era", era] if era == "legacy" else []
                command = [example, server.url, *known, *calls]
                said = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=DEADLINE).stdout)
            what = f"{era}, {modes}: {said}"
            holds(what, said["era"] == era and not said["warnings"])
            holds(what, said["tools"] == ["stock", "order", "fail", "long", "picture", "slow"])
            holds(what, said["instructions"] == "Ask for stock before you order.")
            stock, first, second, fail, long, picture, slow, wrong = said["results"]
            holds(what, json.loads(stock["text"]) == {"bolt": 7})
            holds(what, first["text"] == "order 1: 1 x nut" and second["text"] == "order 2: 3 x nut")
            holds(what, fail["is_error"] and "no such item" in fail["text"])
            holds(what, long["text"].startswith("HEADx") and long["text"].endswith("xTAIL"))
            holds(what, len(long["text"]) <= 32 * 1024)
            holds(what, picture["text"] == "[image image/png, 12 KB]" and slow["text"] == "done")
            holds(what, wrong["is_error"] and "item" in wrong["text"])
    with Server("key") as server:
        headers = ["--header", f"Authorization={KEY}"]
        ran = subprocess.run([example, server.url, *headers, "stock", '{"item": "bolt"}'], check=True,
                             capture_output=True, timeout=DEADLINE)
        holds("the key opens", json.loads(json.loads(ran.stdout)["results"][0]["text"]) == {"bolt": 7})
        ran = subprocess.run([example, server.url, "--header", "Authorization=Bearer wrong-s3cr3t"],
                             capture_output=True, timeout=DEADLINE)
        said = ran.stderr.decode()
        holds(f"a wrong key is refused and not shown: {said}",
              ran.returncode != 0 and "credentials" in said and "s3cr3t" not in said)
    print("our client: the SDK's server, four ways of answering in two eras, and a key")


async def our_server(base, keys):
    """Our own server, asked by the SDK's client in both eras."""
    headers = {"Authorization": f"Bearer {keys['botplotSecret']}"}
    for mode in ["auto", "legacy", "2026-07-28"]:
        async with httpx2.AsyncClient(headers=headers, timeout=DEADLINE) as http:
            async with Client(streamable_http_client(f"{base}/mcp", http_client=http), mode=mode) as client:
                tools = {tool.name: tool for tool in (await client.list_tools()).tools}
                holds(f"{mode}: {list(tools)}", set(tools) == {"search_knowledge", "ask"})
                found = await client.call_tool("search_knowledge", {"query": "opening hours"})
                holds(f"{mode}: {found}", not found.is_error and found.content[0].text)
                asked = await client.call_tool("ask", {"question": "When are you open?"})
                holds(f"{mode}: {asked}", not asked.is_error and asked.content[0].text)
                wrong = await client.call_tool("ask", {"question": ""})
                holds(f"{mode}: {wrong}", wrong.is_error)
    for wrong in [{}, {"Authorization": "Bearer sk_live_wrong"}, {"Authorization": f"Bearer {keys['botplotPublic']}"}]:
        try:
            call(base, "POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, **wrong)
            sys.exit(f"let in with {wrong}")
        except urllib.error.HTTPError as refused:
            holds(f"{wrong}: {refused.code}", refused.code in (401, 403))
    print("our server: the SDK's client, in both eras")


class Model(BaseHTTPRequestHandler):
    """A model that calls a tool of the SDK's server, and says what it got."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        results = [message for message in body["messages"] if message["role"] == "tool"]
        if results:
            message = {"role": "assistant", "content": f"The tool said: {results[-1]['content']}"}
        else:
            name = next(tool["function"]["name"] for tool in body["tools"] if tool["function"]["name"].endswith("stock"))
            asked = {"id": "c1", "type": "function", "function": {"name": name, "arguments": '{"item": "bolt"}'}}
            message = {"role": "assistant", "content": None, "tool_calls": [asked]}
        answer = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                  "usage": {"prompt_tokens": 1, "completion_tokens": 1}}
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def our_loop(base, keys):
    """An agent loop whose tool is on the SDK's server."""
    key = {"Authorization": f"Bearer {keys['chatbotplatform']}"}
    model = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    Thread(target=model.serve_forever, daemon=True).start()
    bot = call(base, "POST", "/v1/bots", {"name": "Stock keeper"}, **key)["data"]["id"]
    backend = {"name": "model", "type": "openai_compatible", "url": f"http://127.0.0.1:{model.server_port}/v1",
               "model": "scripted"}
    backend = call(base, "POST", f"/v1/bots/{bot}/integrations", backend, **key)["data"]["id"]
    for modes in [["key"], ["key", "json"]]:
        with Server(*modes) as server:
            loop = {"name": "stock", "user_message": "How many bolts are there?", "integration_id": backend,
                    "mcp_servers": [{"name": "stock", "url": server.url, "headers": {"Authorization": KEY}}]}
            loop = call(base, "POST", "/v1/agent-loops", loop, **key)["data"]["id"]
            run = call(base, "POST", f"/v1/agent-loops/{loop}/run", {}, **key)["data"]["id"]

            def ended():
                page = call(base, "GET", f"/v1/agent-loops/{loop}/executions", **key)["data"]
                found = [one for one in page if one["id"] == run and one["status"] not in ("pending", "running")]
                return found and found[0]

            execution = until("the loop ends", ended)
            holds(f"{modes}: {execution}", execution["status"] == "completed" and "bolt" in json.dumps(execution)
                  and "7" in execution["result"]["output"] and "s3cr3t" not in json.dumps(execution))
    model.shutdown()
    print("our loop: a tool of the SDK's server, with a key")


def main():
    local, example = sys.argv[1:3]
    our_client(example)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        platform = subprocess.Popen([local, "--memory", "--port", str(free_port()), "--data", str(folder)],
                                    stdout=subprocess.DEVNULL)
        try:
            credentials = folder / "credentials.json"
            until("the platform starts", lambda: credentials.exists() and credentials.stat().st_size)
            given = json.loads(credentials.read_text())
            asyncio.run(our_server(given["baseUrl"], given["keys"]))
            our_loop(given["baseUrl"], given["keys"])
        finally:
            platform.terminate()
            platform.wait(timeout=30)


main()
