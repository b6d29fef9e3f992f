"""Asks a running server what visitors ask after an answer, over the sites of `data/unseen`.

    cargo run -p local -- --port 3200 --memory
    python3 infra/models/follow_ups.py http://127.0.0.1:3200 [--out FILE] [SITE ...]

`data/follow-ups/SITE.json` has `conversations`: `turns`, of which the last one needs what was said before to be understood,
what any right answer to it contains (`expected`), and its kind. A chatbot for each site reads its pages from loopback and is
taught its pairs. Prints how many last turns were right, wrong, and not answered (offered or refused), by kind.
Python's standard library only.
"""

import argparse
import collections
import http.client
import http.server
import json
import re
import threading
import time
import urllib.parse
import uuid
from pathlib import Path

DATA = Path(__file__).parent / "data"
WAIT = 300


def call(base, method, path, body=None, key=None):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=120)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    response = connection.getresponse()
    text, cookie = response.read(), response.getheader("set-cookie", "")
    connection.close()
    if response.status >= 300:
        raise SystemExit(f"{method} {path}: {response.status} {text[:200]!r}")
    return json.loads(text), cookie


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        page = self.server.pages.get(self.path)
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((page or "no").encode())

    def log_message(self, *_):
        pass


def serve(pages):
    """The pages on loopback, the first with links to all others."""
    links = "".join(f'<a href="{path}">{path}</a>' for path in pages if path != "/")
    first = pages.get("/", "<body></body>").replace("</body>", f"<nav>{links}</nav></body>")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.pages = pages | {"/": first}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def taught(base, session, site):
    """The key of a new chatbot that knows the site."""
    made, _ = call(base, "POST", "/api/v1/chatbots", {"name": "Follow-ups"}, session)
    key = made["apiKey"]
    if site["pages"]:
        server = serve(dict(site["pages"]))
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        added, _ = call(base, "POST", "/api/v1/knowledge/url", {"url": url}, key)
        until = time.monotonic() + WAIT
        while True:
            source, _ = call(base, "GET", f"/api/v1/knowledge/{added['sourceId']}", None, key)
            if source["source"]["status"] == "failed":
                raise SystemExit(f"{url} was not read: {source['source']['error']}")
            if source["source"]["status"] == "ready":
                break
            if time.monotonic() > until:
                raise SystemExit(f"{url} was not read within {WAIT} s")
            time.sleep(0.2)
        server.shutdown()
    for question, answer in site["pairs"]:
        call(base, "POST", "/api/v1/knowledge/qa", {"question": question, "answer": answer}, key)
    return key


def squeezed(text):
    return re.sub(r"\s+", " ", text).casefold()


def state(answer, expected):
    """How the last turn was answered."""
    if answer.get("sources", 0) == 0:
        return "not answered"
    said = squeezed(answer["response"])
    return "right" if any(squeezed(one) in said for one in expected) else "wrong"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("base")
    options.add_argument("--out")
    options.add_argument("sites", nargs="*")
    options = options.parse_args()
    owner = {"email": f"{uuid.uuid4().hex[:12]}@example.com", "password": "correct horse 7", "organization": "Follow-ups"}
    _, cookie = call(options.base, "POST", "/api/v1/auth/signup", owner)
    session = re.search(r"session=([^;]+)", cookie)[1]
    rows = []
    for file in sorted((DATA / "follow-ups").glob("*.json")):
        if options.sites and file.stem not in options.sites:
            continue
        key = taught(options.base, session, json.loads((DATA / "unseen" / file.name).read_text()))
        for conversation in json.loads(file.read_text())["conversations"]:
            known, answers = {}, []
            for turn in conversation["turns"]:
                answer, _ = call(options.base, "POST", "/api/v1/chat", {"message": turn} | known, key)
                known = {"conversationId": answer["conversationId"]}
                answers.append(answer)
            outcome = state(answers[-1], conversation["expected"])
            said = [answer["response"] for answer in answers]
            rows.append(conversation | {"site": file.stem, "outcome": outcome, "said": said})
    if options.out:
        Path(options.out).write_text(json.dumps(rows, ensure_ascii=False, indent=1))
    kinds = collections.defaultdict(collections.Counter)
    for row in rows:
        kinds[row["kind"]][row["outcome"]] += 1
        kinds["all"][row["outcome"]] += 1
    print(f"{'':12}{'turns':>7}{'right':>7}{'wrong':>7}{'not answered':>14}")
    for kind, counts in sorted(kinds.items()):
        print(f"{kind:12}{counts.total():7}{counts['right']:7}{counts['wrong']:7}{counts['not answered']:14}")


if __name__ == "__main__":
    main()
