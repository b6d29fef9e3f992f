#!/usr/bin/env bash
# Asks a question of the functions as they run behind the Lambda runtime API: table and queues from
# `cargo dev --services-only`, everything else under `cargo lambda watch`. Prints what was answered.
set -euo pipefail
cd "$(dirname "$0")/../.."

port="${WATCH_PORT:-9000}"
data="$(mktemp -d)"
deadline=$((SECONDS + ${WATCH_SECONDS:-1500}))
target="${CARGO_TARGET_DIR:-target}"

finish() {
  status=$?
  kill ${watch:-} ${services:-} 2>/dev/null || true
  wait 2>/dev/null || true
  if [ "$status" -ne 0 ]; then
    printf '%s\n' "--- services" && tail -n 40 "$data/services.log"
    printf '%s\n' "--- cargo lambda watch" && tail -n 40 "$data/watch.log"
  fi
  rm -rf "$data"
}
trap finish EXIT

until_true() { # what, command...
  local what="$1"
  shift
  until "$@"; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      echo "$what did not happen in time" >&2
      return 1
    fi
    sleep 1
  done
}

# Built beforehand, so that the deadline is spent on running and not on compiling at the same time.
cargo build --quiet --workspace --bins

"$target/debug/local" --services-only --data "$data" --lambda-port "$port" >"$data/services.log" 2>&1 &
services=$!
until_true "starting the services" test -s "$data/lambda.env"
until_true "seeding the demo" test -s "$data/credentials.json"

cargo lambda watch --ignore-changes --env-file "$data/lambda.env" -P "$port" >"$data/watch.log" 2>&1 &
watch=$!

key() { python3 -c 'import json,sys; c=json.load(open(sys.argv[1])); print(c["keys"][sys.argv[2]])' "$data/credentials.json" "$1"; }
public="$(key botplotPublic)"
secret="$(key botplotSecret)"
base="http://127.0.0.1:$port/api/v1"

ask() { # path, question
  curl --silent --show-error --max-time 600 -X POST "$base/$1" -H "Authorization: Bearer $public" \
    -H 'Content-Type: application/json' -d "{\"message\":\"$2\"}"
}
ready() {
  curl --silent --max-time 600 "$base/knowledge" -H "Authorization: Bearer $secret" | grep -q '"status":"ready"'
}

until_true "crawling the documentation with the workers behind the runtime" ready

answer="$(ask chat 'When is a failed webhook delivery retried?')"
echo "$answer"
grep -q '5 minutes' <<<"$answer"
grep -q '"sources":[1-9]' <<<"$answer"

streamed="$(ask chat/stream 'When is a failed webhook delivery retried?')"
tail -n 3 <<<"$streamed"
grep -q '"type":"token"' <<<"$streamed"
grep -q '"type":"done"' <<<"$streamed"

refused="$(ask chat 'How do I cook pasta?')"
echo "$refused"
grep -q "I don't know" <<<"$refused"
echo "the same answers behind the Lambda runtime"
