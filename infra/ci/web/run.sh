#!/usr/bin/env bash
# Checks what people see: types and style of the modules, then the widget, the demo page and the console in a
# browser, against the local platform.
#
#   infra/ci/web/run.sh [LOCAL [NODE]]
#
# LOCAL is the built platform; NODE the node to use, with its npm beside it, unless they are on the PATH. The rest is
# installed into the cache folder, and Chromium by apt if the machine has none. Screenshots are kept in
# target/screenshots, figures in target/web-figures.json. WEB_TESTS names the tests, such as "members".
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../../.." && pwd)"
local="${1:-${CARGO_TARGET_DIR:-$root/target}/debug/local}"
npm=(npm)
if [ -n "${2:-}" ]; then
  folder="$(cd "$(dirname "$2")" && pwd)"
  export PATH="$folder:$PATH"
  npm=(node "$folder/../lib/node_modules/npm/bin/npm-cli.js")
fi
cache="${COLLOQUY_CACHE:-$HOME/.cache/colloquy}/web"
mkdir -p "$cache"

if ! cmp -s "$here/package.json" "$cache/package.json" || [ ! -d "$cache/node_modules" ]; then
  rm -rf "$cache/node_modules"
  cp "$here/package.json" "$cache/package.json"
  "${npm[@]}" install --prefix "$cache" --no-audit --no-fund --no-package-lock --ignore-scripts --silent
fi
chromium="$(command -v chromium || command -v chromium-browser || true)"
if [ -z "$chromium" ]; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fonts-wqy-microhei >/dev/null
  chromium="$(command -v chromium)"
fi

"$cache/node_modules/.bin/tsc" --project "$here"
# From here: a configuration further up would be another root.
(cd "$here" && "$cache/node_modules/.bin/biome" ci --config-path=. --error-on-warnings . ../../../functions/web/assets)

work="$(mktemp -d)"
"$local" --memory --port 0 --data "$work" >"$work/log" 2>&1 &
platform=$!
trap 'kill "$platform" 2>/dev/null || true; rm -rf "$work"' EXIT
# What it prints last is where to sign in.
until token="$(sed -n 's/.*console#token=//p' "$work/log")" && [ -n "$token" ]; do
  kill -0 "$platform" 2>/dev/null || { cat "$work/log"; exit 1; }
  sleep 0.1
done
export WEB_BASE WEB_MODULES="$cache" CHROMIUM="$chromium" WEB_CREDENTIALS="$work/credentials.json"
export WEB_SCREENSHOTS="$root/target/screenshots" WEB_FIGURES="$root/target/web-figures.json"
mkdir -p "$WEB_SCREENSHOTS"
export WEB_SIGN_IN_TOKEN="$token"
WEB_MAIL="$(sed -n 's/^MAIL_DIR=//p' "$work/lambda.env")"
export WEB_MAIL
WEB_BASE="$(node -p 'JSON.parse(require("fs").readFileSync(process.env.WEB_CREDENTIALS)).baseUrl')"
node --test --test-concurrency=2 --test-reporter=spec "$here"/${WEB_TESTS:-*}.test.mjs
