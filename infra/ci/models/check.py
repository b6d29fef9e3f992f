"""Vendors' own clients read the scripted AI backends of the tests, and a server that others wrote answers a visitor.

python check.py PATH-TO-local PATH-TO-fake-model PATH-TO-node

The clients of OpenAI, Anthropic and AWS show that the scripted backends speak as their vendors do. LiteLLM's proxy
shows that the `openai_compatible` backend reads a real server's answers, whole and streamed; its answers are canned, so it
can't show what a model makes of the prompt. The backend of one's own that the documentation shows answers as it is written
there. A backend over HTTP/2 resets its streams.
"""

import datetime
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import anthropic
import boto3
import openai
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DEADLINE = 120
SAID = "We are open at nine, caf\u00e9 too \U0001f600."
CANNED = "You can reach us from nine to five, caf\u00e9 included \U0001f600."
QUESTION = "When are you open?"
PROXY_KEY = "sk-" + secrets.token_hex(24)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def until(what, found, log=None):
    begun = time.monotonic()
    while time.monotonic() - begun < DEADLINE:
        answer = found()
        if answer:
            return answer
        time.sleep(0.2)
    sys.exit(f"{what}: not within {DEADLINE} s\n{log.read_text() if log else ''}")


def check(what, is_right, seen):
    if not is_right:
        sys.exit(f"{what}: {seen!r}")
    print(f"{what}: right")


@contextmanager
def running(command, log, **environment):
    with open(log, "w") as out:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=out, text=True, env={**os.environ, **environment}
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except (urllib.error.URLError, OSError):
        return False


def openai_reads(base):
    client = openai.OpenAI(base_url=f"{base}/v1", api_key="sk-x", max_retries=0)
    stream = client.chat.completions.create(
        model="fake",
        messages=[{"role": "user", "content": QUESTION}],
        stream=True,
        stream_options={"include_usage": True},
    )
    text, reason, usage = "", None, None
    for chunk in stream:
        for choice in chunk.choices:
            text += choice.delta.content or ""
            reason = choice.finish_reason or reason
        usage = chunk.usage or usage
    check("openai's client", (text, reason, usage.completion_tokens) == (SAID, "stop", 9), (text, reason, usage))


def anthropic_reads(base):
    client = anthropic.Anthropic(base_url=base, api_key="sk-x", max_retries=0)
    with client.messages.stream(
        model="fake", max_tokens=100, messages=[{"role": "user", "content": QUESTION}]
    ) as stream:
        text = "".join(stream.text_stream)
        message = stream.get_final_message()
    seen = (text, message.stop_reason, message.usage.output_tokens)
    check("anthropic's client", seen == (SAID, "end_turn", 9), seen)


def aws_reads(base):
    client = boto3.client(
        "bedrock-runtime",
        region_name="eu-central-1",
        endpoint_url=base,
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    answer = client.converse_stream(
        modelId="fake", messages=[{"role": "user", "content": [{"text": QUESTION}]}]
    )
    text, reason, usage = "", None, {}
    for event in answer["stream"]:
        text += event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")
        reason = event.get("messageStop", {}).get("stopReason", reason)
        usage = event.get("metadata", {}).get("usage", usage)
    check("AWS's client", (text, reason, usage.get("outputTokens")) == (SAID, "end_turn", 9), (text, reason, usage))


def ask(base, key, path, body):
    request = urllib.request.Request(base + path, json.dumps(body).encode(), method="POST")
    request.add_header("Authorization", f"Bearer {key}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def visitor_is_answered(local, folder):
    """A visitor of the demo chatbot gets the canned answer through LiteLLM's proxy."""
    config = folder / "litellm.json"
    model = {"model": "openai/canned", "api_key": "none", "mock_response": CANNED}
    listed = {"model_list": [{"model_name": "canned", "litellm_params": model}]}
    # Its reader takes YAML, where a surrogate pair is no character.
    config.write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
    port = free_port()
    proxy = [str(Path(sys.executable).parent / "litellm"), "--config", str(config), "--host", "127.0.0.1"]
    # The key that its callers show; the prices that it would fetch at start-up are left out.
    settings = {"LITELLM_MASTER_KEY": PROXY_KEY, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    log = folder / "litellm.log"
    with running([*proxy, "--port", str(port)], log, **settings):
        until("LiteLLM's proxy is up", lambda: answers(f"http://127.0.0.1:{port}/health/liveliness"), log)
        data, own = folder / "data", free_port()
        model = f"openai_compatible=http://127.0.0.1:{port}/v1,model=canned,key-env=PROXY_KEY"
        command = [local, "--port", str(own), "--data", str(data), "--model", model]
        with running(command, folder / "local.log", PROXY_KEY=PROXY_KEY):
            until("the platform is up", (data / "credentials.json").exists)
            keys = json.loads((data / "credentials.json").read_text())["keys"]
            base = f"http://127.0.0.1:{own}"
            until("the platform answers", lambda: answers(f"{base}/openapi.json"))
            body = {"message": "What would a llama like to eat on a Sunday?", "visitorId": "v1"}
            whole = ask(base, keys["botplotPublic"], "/api/v1/chat", body)
            check("a whole answer of LiteLLM's proxy", CANNED in json.loads(whole)["response"], whole)
            streamed = ask(base, keys["botplotPublic"], "/api/v1/chat/stream", body)
            check("a streamed answer of LiteLLM's proxy", pieces(streamed) == CANNED, streamed)


def backend_of_the_page_answers(local, node, folder):
    """A visitor of the demo chatbot is answered by the backend that the page "Models" shows, as written there."""
    page = Path(__file__).parents[3] / "functions/docs/site/models.md"
    shown = re.findall(r"```js\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    check("the page has one backend of at most ten lines", [len(s.splitlines()) <= 10 for s in shown] == [True], shown)
    program = folder / "backend.mjs"
    program.write_text(shown[0], encoding="utf-8")
    port, own, data = free_port(), free_port(), folder / "custom"
    with running([node, str(program)], folder / "backend.log", PORT=str(port)):
        until("the page's backend is up", lambda: listens(port), folder / "backend.log")
        command = [local, "--port", str(own), "--data", str(data), "--model", f"custom=http://127.0.0.1:{port}/"]
        with running(command, folder / "custom-local.log"):
            until("the platform is up", (data / "credentials.json").exists)
            keys = json.loads((data / "credentials.json").read_text())["keys"]
            base = f"http://127.0.0.1:{own}"
            until("the platform answers", lambda: answers(f"{base}/openapi.json"))
            question = "What would a llama like to eat on a Sunday? Gr\u00fc\u00dfe \U0001f600"
            body = {"message": question, "visitorId": "v1"}
            whole = ask(base, keys["botplotPublic"], "/api/v1/chat", body)
            check("the page's backend", json.loads(whole)["response"] == f"You said: {question}", whole)


def certificate(folder):
    """A key and a certificate of the name "localhost" that vouches for itself: the files' paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "key.pem", folder / "certificate.pem"
    paths[0].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    paths[1].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return paths


def resets_of_http2_are_failures(local, node, folder):
    """A stream of HTTP/2 that is reset before its first text is a failed backend, and after it an answer that broke off."""
    port, (key, vouched) = free_port(), certificate(folder)
    server = [node, str(Path(__file__).with_name("http2.mjs")), str(port), str(key), str(vouched)]
    with running(server, folder / "http2.log") as backend:
        until("the backend over HTTP/2 is up", lambda: listens(port), folder / "http2.log")
        for wire, path in [("openai_compatible", "/chat"), ("anthropic", "/messages"), ("bedrock", "/model")]:
            for way in ["whole", "before", "after"]:
                streamed = answer_over_http2(local, folder / f"{wire}-{way}", vouched, wire, f"{port}/{way}")
                # A failed request is made again, so there may be lines of the case before.
                came = any(line.startswith(f"/{way}/") and path in line for line in backend.stdout)
                check(f"{wire} is spoken to over HTTP/2", came, way)
                kinds = [json.loads(line[6:])["type"] for line in streamed.splitlines() if line.startswith("data: {")]
                text = pieces(streamed)
                right = {
                    "whole": (text == "We are open" and kinds[-1] == "done"),
                    "before": (text == "I can't answer right now. Please try again in a moment."),
                    "after": (text == "We are open" and kinds[-1] == "error"),
                }
                check(f"{wire}, a stream that is {way if way == 'whole' else f'reset {way} its text'}", right[way], streamed)


def answer_over_http2(local, data, vouched, wire, place):
    """The streamed answer of a demo chatbot whose backend is at `place`."""
    base = "/v1" if wire == "openai_compatible" else ""
    model = f"{wire}=https://localhost:{place}{base},model=fake,key-env=MODEL_KEY"
    own = free_port()
    command = [local, "--port", str(own), "--data", str(data), "--model", model]
    with running(command, data.with_suffix(".log"), MODEL_KEY="sk-x", SSL_CERT_FILE=str(vouched)):
        until("the platform is up", (data / "credentials.json").exists, data.with_suffix(".log"))
        keys = json.loads((data / "credentials.json").read_text())["keys"]
        until("the platform answers", lambda: answers(f"http://127.0.0.1:{own}/openapi.json"))
        body = {"message": "What would a llama like to eat on a Sunday?", "visitorId": "v1"}
        return ask(f"http://127.0.0.1:{own}", keys["botplotPublic"], "/api/v1/chat/stream", body)


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def pieces(stream):
    """The text of a stream's tokens."""
    events = (json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: {"))
    return "".join(event["content"] for event in events if event["type"] == "token")


def main():
    local, fake_model, node = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        with running([fake_model], folder / "fake-model.log") as fake:
            base = fake.stdout.readline().strip()
            openai_reads(base)
            anthropic_reads(base)
            aws_reads(base)
        visitor_is_answered(local, folder)
        backend_of_the_page_answers(local, node, folder)
        resets_of_http2_are_failures(local, node, folder)


main()
