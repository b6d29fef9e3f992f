"""Signs deliveries with the platforms' own SDKs and looks whether Colloquy takes them, and only them.

python check.py PATH-TO-local
"""

import hashlib
import hmac
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from slack_sdk.signature import SignatureVerifier

DEADLINE = 60
SLACK_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
META_SECRET = "app_secret"
PAGE, APPLICATION, TEAM = "1000000000001", "1234567890123456789", "T1"
# Characters that JSON writers print differently: a slash, an accent, an at sign, an emoji.
QUESTION = "caf\u00e9 a/b a@b \U0001f600"


class Platforms(BaseHTTPRequestHandler):
    """Slack, Discord and Graph, as far as connecting and answering need them."""

    protocol_version = "HTTP/1.1"
    key = SigningKey.generate()
    calls = []

    def reply(self, body):
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def handle_call(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"null")
        self.calls.append((self.path, body))
        if self.path == "/api/auth.test":
            return self.reply({"ok": True, "team_id": TEAM, "user_id": "UBOT", "bot_id": "B1", "user": "bot", "team": "t"})
        if self.path.endswith("/applications/@me"):
            verify_key = self.key.verify_key.encode().hex()
            return self.reply({"id": APPLICATION, "name": "app", "verify_key": verify_key})
        if self.path.split("?")[0].endswith("/me"):
            return self.reply({"id": PAGE, "name": "page"})
        return self.reply({"ok": True, "id": "1", "ts": "1.000001", "channel": "D1", "message_id": "m_sent", "success": True})

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_call

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        """A connection that the ended platform leaves open is reset, which is no news."""


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


def post(url, body, **headers):
    """The status and the body of the answer to these bytes."""
    request = urllib.request.Request(url, body, method="POST")
    request.add_header("Content-Type", "application/json")
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def expect(what, found, *wanted):
    if found not in wanted:
        sys.exit(f"{what}: {found}, not {' or '.join(map(str, wanted))}")


def connect(given, kind, credentials):
    """A channel's URL."""
    body = json.dumps({"name": kind, "type": kind, "credentials": credentials}).encode()
    url = f"{given['baseUrl']}/v1/bots/{given['chatbotId']}/channels"
    status, answer = post(url, body, Authorization=f"Bearer {given['keys']['chatbotplatform']}")
    expect(f"a {kind} channel is made", status, 201)
    channel = json.loads(answer)["data"]
    expect(f"the {kind} channel's status ({channel.get('status_reason')})", channel["status"], "connected")
    return channel["webhook_url"]


def answered(kind, path):
    """Waits for the reply that the platform is told to send."""
    until(f"a reply on {kind}", lambda: [call for call in Platforms.calls if call[0].split("?")[0].endswith(path)])


def slack(given):
    url = connect(given, "slack", {"bot_token": "xoxb-1", "signing_secret": SLACK_SECRET})
    verifier = SignatureVerifier(SLACK_SECRET)

    def deliver(body, signed=None, timestamp=None):
        timestamp = timestamp or str(int(time.time()))
        signature = verifier.generate_signature(timestamp=timestamp, body=signed or body)
        return post(url, body, X_Slack_Request_Timestamp=timestamp, X_Slack_Signature=signature)

    challenge = json.dumps({"type": "url_verification", "token": "t", "challenge": "c1"}).encode()
    expect("slack's challenge", deliver(challenge), (200, "c1"))
    event = {"type": "message", "channel": "D1", "channel_type": "im", "user": "U2", "text": QUESTION, "ts": "1700000000.000100"}
    message = json.dumps({"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event}).encode()
    expect("a signed event", deliver(message)[0], 200)
    expect("a body that was not signed", deliver(message, signed=challenge)[0], 401)
    # Ours and the SDK's judgement are the same, of a stale timestamp too.
    for off in (-400, -200, 200, 400):
        timestamp = str(int(time.time()) + off)
        signature = verifier.generate_signature(timestamp=timestamp, body=message)
        good = verifier.is_valid(body=message, timestamp=timestamp, signature=signature)
        expect(f"an event {off} s off", deliver(message, timestamp=timestamp)[0], 200 if good else 401)
    answered("slack", "/api/chat.postMessage")
    print("slack: signed and verified by slack_sdk")


def discord(given):
    url = connect(given, "discord", {"bot_token": "b"})
    key = Platforms.key

    def deliver(body, signed=None):
        timestamp = str(int(time.time()))
        signature = key.sign(timestamp.encode() + (signed or body)).signature
        try:
            VerifyKey(key.verify_key.encode()).verify(timestamp.encode() + body, signature)
            good = True
        except BadSignatureError:
            good = False
        status, answer = post(url, body, X_Signature_Ed25519=signature.hex(), X_Signature_Timestamp=timestamp)
        expect("our judgement of a signature and PyNaCl's", status, 200 if good else 401)
        return answer

    ping = b'{"type":1}'
    expect("a ping's answer", json.loads(deliver(ping)), {"type": 1})
    deliver(ping, signed=b'{"type":2}')
    option = {"name": "question", "type": 3, "value": QUESTION}
    command = {
        "id": "1300000000000000001", "application_id": APPLICATION, "type": 2, "token": "token", "version": 1,
        "channel_id": "6", "user": {"id": "5", "username": "ada"}, "locale": "en-GB",
        "data": {"id": "1", "name": "ask", "type": 1, "options": [option]},
    }
    expect("a command's answer", json.loads(deliver(json.dumps(command).encode())), {"type": 5})
    answered("discord", f"/webhooks/{APPLICATION}/token/messages/@original")
    print("discord: signed and verified by PyNaCl")


def meta(given):
    credentials = {"page_access_token": "t", "app_secret": META_SECRET, "verify_token": "v"}
    url = connect(given, "messenger", credentials)
    messaging = {
        "sender": {"id": "2"}, "recipient": {"id": PAGE}, "timestamp": 1700000000000,
        "message": {"mid": "m_1", "text": QUESTION},
    }
    whole = {"object": "page", "entry": [{"id": PAGE, "time": 1700000000000, "messaging": [messaging]}]}
    # As Meta writes it: ASCII, and slashes escaped.
    sent = json.dumps(whole, separators=(",", ":")).replace("/", "\\/").encode()
    signature = "sha256=" + hmac.new(META_SECRET.encode(), sent, hashlib.sha256).hexdigest()
    again = json.dumps(json.loads(sent), separators=(",", ":"), ensure_ascii=False).encode()
    expect("the same JSON, written again", json.loads(again), whole)
    expect("its status", post(url, again, X_Hub_Signature_256=signature)[0], 401, 403)
    expect("what was signed", post(url, sent, X_Hub_Signature_256=signature)[0], 200)
    answered("messenger", f"/{PAGE}/messages")
    print("meta: the raw body verifies, and the same JSON written again does not")


def main():
    server = Server(("127.0.0.1", 0), Platforms)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as folder:
        hosts = [part for name in ("slack", "discord", "graph") for part in ("--platform", f"{name}={host}")]
        command = [sys.argv[1], "--memory", "--port", str(free_port()), "--data", folder, *hosts]
        platform = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            credentials = Path(folder) / "credentials.json"
            until("the platform starts", lambda: credentials.exists() and credentials.stat().st_size)
            given = json.loads(credentials.read_text())
            for check in (slack, discord, meta):
                check(given)
        finally:
            platform.terminate()
            platform.wait(timeout=30)
            server.shutdown()


main()
