"""Takes webhooks and verifies them as the references' own Python does, and as Standard Webhooks' library does.

PORT SECRETS LOG: secrets are a JSON file by path, each delivery becomes a line of the log.
"""

import hashlib
import hmac
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook

PORT, SECRETS, LOG = sys.argv[1:4]


# BotPlot's sample.
def verify_webhook(payload: bytes, signature: str, secret: str) -> bool:
    expected = "sha256=" + hmac.new(
        secret.encode(),
        payload,
        hashlib.sha256
    ).hexdigest()
    return hmac.compare_digest(signature, expected)


def verified(dialect, headers, body, secret):
    if dialect == "botplot":
        signature = headers.get("X-BotPlot-Signature", "")
        return headers.get("X-BotPlot-Event"), verify_webhook(body, signature, secret)
    # Raises where it does not verify.
    event = Webhook(secret).verify(body, dict(headers))
    return event["type"], True


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        dialect = self.path[1:]
        line = {"dialect": dialect, "event": None, "ok": False}
        try:
            with open(SECRETS, encoding="utf-8") as secrets:
                secret = json.load(secrets)[dialect]
            headers = {name.lower(): value for name, value in self.headers.items()}
            given = self.headers if dialect == "botplot" else headers
            line["event"], line["ok"] = verified(dialect, given, body, secret)
        except Exception as error:  # whatever it is, the log says so and the check fails
            line["error"] = repr(error)
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"OK")

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(PORT)), Receiver).serve_forever()
