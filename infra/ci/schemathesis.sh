#!/usr/bin/env bash
# Asks the running platform what its own /openapi.json says may be asked, and holds every answer
# against it: no 5xx, no status, content type or body that the document does not know. Where the
# kernel allows it, in a network namespace that has nothing but loopback.
set -euo pipefail
cd "$(dirname "$0")/../.."

target="${CARGO_TARGET_DIR:-target}"
port="${SCHEMATHESIS_PORT:-3987}"

if [ -z "${SCHEMATHESIS_INSIDE:-}" ]; then
  cargo build --quiet -p local
  export SCHEMATHESIS_INSIDE=1
  if unshare --net --map-root-user ip link set lo up 2>/dev/null; then
    exec unshare --net --map-root-user bash -c 'ip link set lo up && exec "$0" "$@"' \
      infra/ci/schemathesis.sh "$@"
  fi
fi

data="$(mktemp -d)"
deadline=$((SECONDS + 180))
finish() {
  status=$?
  kill ${platform:-} 2>/dev/null || true
  wait 2>/dev/null || true
  if [ "$status" -ne 0 ]; then
    for log in platform all shared; do
      [ ! -s "$data/$log.log" ] || { printf '%s\n' "--- $log" && tail -n 300 "$data/$log.log"; }
    done
  fi
  rm -rf "$data"
}
trap finish EXIT

# So that no answer is about limits.
lifted='{"conferbot_calls":null,"conferbot_calls_per_minute":null,"chatbotplatform_calls_per_minute":null,"botplot_calls":null,"helpbot_credits":null,"chatbots":null}'
plans="{\"free\":$lifted,\"starter\":$lifted,\"pro\":$lifted,\"business\":$lifted,\"enterprise\":$lifted}"
RUST_LOG="${RUST_LOG:-error}" "${PLATFORM:-$target/debug/local}" --memory --port "$port" --data "$data" --plans "$plans" \
  --platform telegram=http://127.0.0.1:9 --platform slack=http://127.0.0.1:9 --platform discord=http://127.0.0.1:9 \
  --platform graph=http://127.0.0.1:9 \
  >/dev/null 2>"$data/platform.log" &
platform=$!
until [ -s "$data/credentials.json" ]; do
  kill -0 "$platform"
  [ "$SECONDS" -lt "$deadline" ] || { echo "the demo was not there in time" >&2; exit 1; }
  sleep 0.2
done

python3 infra/ci/schemathesis_seed.py "$data/credentials.json" >"$data/seed.sh"
# shellcheck disable=SC1091
. "$data/seed.sh"

# The key of the routes that two dialects share is an argument of its own.
run() { # log, public key, secret key, more arguments
  local log="$data/$1.log" har="$data/$1.har"
  export SHARED_ROUTE_KEY="$2" SHARED_MANAGEMENT_KEY="$3"
  shift 3
  # Put in here, since schemathesis puts no variables into dictionaries.
  python3 -c 'import os, sys; print(os.path.expandvars(sys.stdin.read()))' \
    <infra/ci/schemathesis.toml >"$data/schemathesis.toml"
  schemathesis --no-color --config-file "$data/schemathesis.toml" run "$BASE_URL/openapi.json" \
    --url "$BASE_URL" --report har --report-har-path "$har" "$@" >"$log" 2>&1
}

curl --silent --show-error --max-time 30 "$BASE_URL/openapi.json" >"$data/openapi.json"
run all "$BOTPLOT_PUBLIC" "$BOTPLOT_SECRET"
if grep -q '"/api/v1/chat"' "$data/openapi.json"; then
  # Once more with the other dialect's key.
  run shared "$HELPBOT" "$HELPBOT" --include-path /api/v1/chat --include-path /api/v1/conversations
fi
python3 infra/ci/schemathesis_reached.py "$data/openapi.json" "$data"/*.har
