"""Makes every event happen once and looks whether the references' own verification accepts what arrives.

python check.py PATH-TO-local [PATH-TO-node]
"""

import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
DEADLINE = 60
# Awkward to print the same way twice: quotes, slashes, a line separator, an emoji, control characters.
QUESTION = 'Do you "have" a \\ parking / lot?\n\u2028 \u00fc \U0001f600 \x07'


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


def call(base, method, path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, method=method)
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def subscribe(base, keys, chatbot, url, dialect):
    """Subscribes to all events of a dialect; the secret."""
    bearer = lambda key: {"Authorization": f"Bearer {key}"}
    if dialect == "botplot":
        events = ["conversation.started", "conversation.ended", "message.created", "lead.captured",
                  "handoff.requested", "rating.received"]
        path, key = f"/api/v1/projects/{chatbot}/webhooks", bearer(keys["botplotSecret"])
        return call(base, "POST", path, {"url": url, "events": events}, **key)["webhook"]["secret"]
    if dialect == "helpbot":
        events = ["conversation.created", "conversation.unanswered", "conversation.feedback", "conversation.handoff"]
        made = call(base, "POST", "/api/v1/webhooks", {"url": url, "events": events}, **bearer(keys["helpbot"]))
        return made["webhook"]["secret"]
    if dialect == "conferbot":
        events = ["response.created", "response.updated", "conversation.started", "conversation.completed"]
        body = {"chatbotId": chatbot, "url": url, "events": events}
        made = call(base, "POST", "/api/v1/external/v1/webhooks", body, x_api_key=keys["conferbot"])
        return made["data"]["secret"]
    body = {"url": url, "events": ["bot.message_received"]}
    return call(base, "POST", "/v1/webhooks", body, **bearer(keys["chatbotplatform"]))["data"]["secret"]


def main():
    local, node = sys.argv[1], (sys.argv[2:] or ["node"])[0]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        # The platform ends conversations after two seconds, so that their end arrives too.
        platform = [local, "--memory", "--port", str(free_port()), "--data", str(folder), "--idle-seconds", "2"]
        receivers = {
            "javascript": ([node, str(HERE / "receive.mjs")], ["botplot", "helpbot", "conferbot"]),
            "python": ([sys.executable, str(HERE / "receive.py")], ["botplot", "chatbotplatform"]),
        }
        running = [subprocess.Popen(platform, stdout=subprocess.DEVNULL)]
        try:
            credentials = folder / "credentials.json"
            until("the platform starts", lambda: credentials.exists() and credentials.stat().st_size)
            given = json.loads(credentials.read_text())
            base, keys, chatbot = given["baseUrl"], given["keys"], given["chatbotId"]
            logs = {}
            for language, (command, dialects) in receivers.items():
                port, secrets, log = free_port(), folder / f"{language}.json", folder / f"{language}.log"
                running.append(subprocess.Popen([*command, str(port), str(secrets), str(log)]))
                found = {one: subscribe(base, keys, chatbot, f"http://127.0.0.1:{port}/{one}", one) for one in dialects}
                secrets.write_text(json.dumps(found))
                log.touch()
                logs[language] = log
            happen(base, keys)
            judge(logs)
        finally:
            for process in reversed(running):
                process.terminate()
            for process in running:
                process.wait(timeout=30)


def happen(base, keys):
    public = {"Authorization": f"Bearer {keys['botplotPublic']}"}
    site = {"Authorization": f"Bearer {keys['helpbot']}"}
    asked = call(base, "POST", "/api/v1/chat", {"message": QUESTION}, **public)
    call(base, "POST", f"/api/v1/messages/{asked['messageId']}/rating", {"rating": 1}, **public)
    lead = {"email": "ada@example.com", "fields": {"2": 1e21, "1": 2.0, "b": [None, True], "a": QUESTION}}
    call(base, "POST", "/api/v1/leads", lead, **public)
    other = call(base, "POST", "/api/v1/chat", {"question": QUESTION, "sessionId": "s"}, **site)["conversationId"]
    call(base, "POST", "/api/v1/feedback", {"conversationId": other, "helpful": "no"}, **site)
    call(base, "POST", "/api/v1/handoff", {"conversationId": other, "customerEmail": "bob@example.com"}, **site)


EXPECTED = {
    "botplot": {"conversation.started", "conversation.ended", "message.created", "lead.captured", "handoff.requested",
                "rating.received"},
    "helpbot": {"conversation.created", "conversation.unanswered", "conversation.feedback", "conversation.handoff"},
    "conferbot": {"response.created", "response.updated", "conversation.started", "conversation.completed"},
    "chatbotplatform": {"bot.message_received"},
}


def judge(logs):
    wanted = {"javascript": ["botplot", "helpbot", "conferbot"], "python": ["botplot", "chatbotplatform"]}
    for language, log in logs.items():
        def arrived():
            lines = [json.loads(line) for line in log.read_text().splitlines()]
            refused = [line for line in lines if not line["ok"]]
            if refused:
                sys.exit(f"{language} does not accept: {refused}")
            found = {(line["dialect"], line["event"]) for line in lines}
            return len(lines) if all((d, e) in found for d in wanted[language] for e in EXPECTED[d]) else None
        count = until(f"all events arrive ({language})", arrived)
        print(f"{language}: {count} deliveries, all of them verified by the references' own samples")


main()
