"""Keeps files in an S3 of others, which AWS's own signer guards.

python check.py PATH-TO-example-bucket

moto plays S3. In front of it each request's signature is compared with the one that botocore, AWS's SDK for Python,
makes of the same request.
"""

import logging
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import boto3
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.server import ThreadedMotoServer

REGION = "eu-central-1"
BUCKET = "uploads"
KEY, SECRET, TOKEN = "an-id", "a-secret", "a-session's token"
# Of headers that are not signed, those that moto needs.
PASSED = ("content-length", "content-type")
DEADLINE = 120

seen = []


def expected_signature(method, url, headers):
    """What botocore signs `url` with, and what it says."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    said = dict(query)
    unsigned = urlencode([p for p in query if p[0] != "X-Amz-Signature"], quote_via=quote)
    request = AWSRequest(method, parts._replace(query=unsigned).geturl())
    for name in said.get("X-Amz-SignedHeaders", "").split(";"):
        request.headers[name] = headers.get(name, "")
    request.context["timestamp"] = said.get("X-Amz-Date", "")
    auth = S3SigV4QueryAuth(Credentials(KEY, SECRET, TOKEN), "s3", REGION)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    return auth.signature(text, request), said.get("X-Amz-Signature")


class Guard(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream = ""

    def answer(self):
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        expected, given = expected_signature(
            self.command, f"http://{headers['host']}{self.path}", headers
        )
        seen.append((self.command, expected == given))
        if expected != given:
            self.send(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
            return
        target = self.upstream + self.path
        passed = {"content-type": "application/octet-stream"}
        passed |= {n: v for n, v in headers.items() if n in PASSED or n.startswith("x-amz-")}
        data = body if self.command == "PUT" else None
        request = urllib.request.Request(target, data, passed, method=self.command)
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE) as found:
                self.send(found.status, found.read())
        except urllib.error.HTTPError as refused:
            self.send(refused.code, refused.read())

    def send(self, status, body):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_DELETE = answer

    def log_message(self, *_):
        pass


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    example = sys.argv[1]
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    Guard.upstream = f"http://{host}:{port}"
    keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "region_name": REGION}
    s3 = boto3.client("s3", endpoint_url=Guard.upstream, **keys)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    guard = ThreadingHTTPServer(("127.0.0.1", 0), Guard)
    threading.Thread(target=guard.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{guard.server_address[1]}"

    def run(secret):
        command = [example, endpoint, BUCKET, KEY, secret, TOKEN]
        return subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE)

    done = run(SECRET)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}{seen}")
    # The upload of another size is the one request that has to be refused.
    refused = [method for method, is_right in seen if not is_right]
    if refused != ["PUT"] or {method for method, _ in seen} != {"GET", "PUT", "DELETE"}:
        sys.exit(f"signatures: {seen}")
    left = [o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    if len(left) != 1:
        sys.exit(f"left in the bucket: {left}")
    wrong = run("another-secret")
    if wrong.returncode == 0 or "SignatureDoesNotMatch" not in wrong.stderr:
        sys.exit(f"a wrong secret: {wrong.returncode} {wrong.stderr}")
    print(f"{len(seen)} requests, signed as botocore signs them")


main()
