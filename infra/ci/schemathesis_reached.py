"""Whether every operation was answered with success at least once: a run in which all answers are
documented refusals says nothing about what success looks like.

Usage: schemathesis_reached.py openapi.json run.har [run.har...]. Nothing but Python's own library.
"""

import json
import re
import sys
from collections import Counter
from urllib.parse import urlsplit

# What cannot succeed on a machine by itself, and why.
OUT_OF_REACH = {
    "POST /api/v1/auth/password-reset/complete": "takes a code that was sent by mail",
    "POST /api/v1/auth/confirmation/complete": "takes a code that was sent by mail",
    "POST /api/v1/auth/join": "takes a code that was sent by mail",
    "DELETE /api/v1/account": "closes the account that the other calls need",
    "GET /api/v1/auth/closures/{id}": "takes the id of a workspace whose account was closed",
    "PATCH /api/v1/members/{id}": "takes a member beside the last owner, who joins with a code that was sent by mail",
    "DELETE /api/v1/members/{id}": "takes a member beside the last owner, who joins with a code that was sent by mail",
    "POST /api/v1/sources/file/{id}": "takes a file source that is not being read, which no other call waits for",
    "PUT /api/v1/sources/file/{id}": "takes exactly as many bytes as were announced",
    "POST /api/v1/auth/password": "takes the password that the other calls' member signs in with, and changes it",
    "POST /v1/agent-loops/{id}/executions/{executionId}/cancel": "takes an execution that has not ended by then",
    "POST /api/v1/auth/link": "takes a link that is printed once",
    "POST /api/v1/projects/{projectId}/verify-domain": "asks a DNS server",
    "GET /v1/channels/{id}/inbound": "takes the verify token of a channel of Meta's",
    "POST /v1/channels/{id}/inbound": "takes what a messaging platform has signed",
}


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def pattern(path):
    parts = re.split(r"\{[^}]+\}", path)
    return re.compile("[^/]+".join(map(re.escape, parts)) + "$")


api, *runs = map(load, sys.argv[1:])
# Paths without parameters first: `/knowledge/qa` is no `/knowledge/{sourceId}`.
paths = sorted(api["paths"], key=lambda path: path.count("{"))
patterns = [(path, pattern(path)) for path in paths]
answered, calls = Counter(), 0
for run in runs:
    for entry in run["log"]["entries"]:
        asked, status = entry["request"], entry["response"]["status"]
        where = urlsplit(asked["url"]).path
        path = next((path for path, matches in patterns if matches.match(where)), None)
        calls += 1
        answered[f"{asked['method']} {path}"] += 200 <= status < 300

operations = [f"{method.upper()} {path}" for path in paths for method in api["paths"][path]]
never = [name for name in operations if not answered[name] and name not in OUT_OF_REACH]
reached = sum(answered[name] > 0 for name in operations)
succeeded = sum(answered.values())
print(f"{calls} calls, {succeeded} of them with success, to {reached} of {len(operations)} operations")
if never:
    print("never answered with success:", *never, sep="\n  ", file=sys.stderr)
    sys.exit(1)
