"""Builds every function that the template names as `sam build` would for this machine, and says what each weighs.

Prints a table of sizes and writes it where --write names a file with the two marks below. With --near, only those
functions are built whose zips that file's table has near the bound, which CI does when the rest of it took long. Fails
if a zip is over the bound. A zip is that of the executable alone, compressed as far as deflate goes, which is what
Lambda is sent.
"""

import argparse
import io
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAX_ZIP_MB = 8.0
# What is lighter in the table has to grow by more than half to be over the bound.
NEAR_MB = 5.0
BEGIN, END = "<!-- begin: zips -->", "<!-- end: zips -->"


def binaries():
    template = (ROOT / "template.yaml").read_text()
    return re.findall(r"BuildProperties: \{ Binary: ([a-z-]+) \}", template)


def build(names):
    manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())
    features = manifest["workspace"]["metadata"]["lambda"].get("build", {}).get("features", [])
    command = ["cargo", "build", "--release"]
    for name in names:
        command += ["--bin", name]
    if features:
        command += ["--features", ",".join(features)]
    subprocess.run(command, cwd=ROOT, check=True)
    metadata = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    known = json.loads(subprocess.run(metadata, cwd=ROOT, check=True, capture_output=True).stdout)
    return Path(known["target_directory"]) / "release"


def zipped(executable):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.write(executable, "bootstrap")
    return memory.tell()


def table(sizes):
    rows = ["| function | executable, MB | zip, MB |", "|---|---|---|"]
    rows += [f"| `{name}` | {plain / 1e6:.1f} | {zip_ / 1e6:.2f} |" for name, plain, zip_ in sizes]
    return "\n".join(rows)


def near(path):
    text = path.read_text().split(BEGIN)[1].split(END)[0]
    rows = re.findall(r"^\| `([a-z-]+)` \|[^|]*\| ([0-9.]+) \|$", text, re.MULTILINE)
    return [name for name, zip_ in rows if float(zip_) > NEAR_MB]


def write(path, text):
    page = path.read_text()
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--write", type=Path, help="file whose table between the marks is replaced")
    arguments.add_argument("--near", type=Path, help="file whose table says which functions are weighed")
    arguments.add_argument("names", nargs="*", help="functions to weigh; all of the template's if left out")
    options = arguments.parse_args()
    known = binaries()
    names = options.names or (near(options.near) if options.near else known)
    unknown = sorted(set(names) - set(known))
    if unknown or not names:
        sys.exit(f"template.yaml names no such binary: {', '.join(unknown) or 'none at all'}")
    folder = build(names)
    sizes = [(name, (folder / name).stat().st_size, zipped(folder / name)) for name in sorted(names)]
    print(table(sizes))
    if options.write:
        write(options.write, table(sizes))
    heavy = [name for name, _, size in sizes if size > MAX_ZIP_MB * 1e6]
    if heavy:
        sys.exit(f"over {MAX_ZIP_MB} MB zipped: {', '.join(heavy)}")


if __name__ == "__main__":
    main()
