"""Test collections in the form that `bench -- retrieve` and `bench -- unanswerable` read.

    python3 infra/bench/peers/datasets.py DATA OUT [SOURCES]

DATA has `xquad.en.json`, `clinc150_full.json`, `banking77_train.csv` and `banking77_test.csv`, and XQuAD's files of other
languages, `xquad.LANG.json`, if they are to be measured. Each collection becomes
a folder of OUT: `docs.jsonl` ({"id","text"}), `queries.jsonl` ({"id","text"} and, where it matters, "answerable"),
`qrels.txt` (TREC) and `unanswerable.txt` (ids of queries without an answer, one a line).

| collection | documents | queries | relevant |
|---|---|---|---|
| xquad, xquad-LANG | passages | questions | the passage that was asked about |
| xquad…-site-N | those of four articles | as many about others | others have no answer |
| clinc | in-scope utterances of train | those of test | same intent |
| banking77 | questions of train | those of test | same intent |
| pydoc | docstrings of Python's standard library, without their first line | that line | its docstring |
| …-half-0, -1 | every other passage, intent or docstring | all | those about one left out have no answer |
| clinc-oos | as clinc | those of test, and out-of-scope ones | out-of-scope ones have no answer |
| readmes | READMEs of the crates below SOURCES | what their Cargo.toml says of them | the crate's |
| sections | sections of those READMEs | their headings | the section |
| large | 10,000 passages out of documentation in Rust files below SOURCES | a sentence each of 1,000 | none: for speed |
"""

import csv
import importlib
import inspect
import json
import random
import re
import sys
import tomllib
import warnings
from pathlib import Path

# Modules that every Python has, whose docstrings say something and whose import does nothing.
MODULES = """argparse array ast asyncio base64 bisect calendar codecs collections concurrent.futures configparser
contextlib copy csv ctypes datetime decimal difflib dis email.message fileinput fractions ftplib functools gettext glob
gzip hashlib heapq hmac html http.client http.cookiejar imaplib inspect io ipaddress itertools json logging
logging.handlers mailbox math mimetypes multiprocessing os pathlib pickle platform plistlib poplib pprint queue random re
sched secrets select selectors shelve shlex shutil smtplib socket socketserver sqlite3 ssl statistics string struct
subprocess tarfile tempfile textwrap threading timeit tokenize traceback turtle types typing unittest unittest.mock
urllib.parse urllib.request urllib.robotparser uuid warnings wave weakref xml.dom.minidom xml.etree.ElementTree
xml.sax zipfile""".split()


def write(folder: Path, docs, queries, relevant, unanswerable=()):
    """`docs` and `queries` are (id, text); `relevant` maps a query to documents."""
    folder.mkdir(parents=True, exist_ok=True)
    lost = set(unanswerable)
    with open(folder / "docs.jsonl", "w") as out:
        for id_, text in docs:
            out.write(json.dumps({"id": id_, "text": text}) + "\n")
    with open(folder / "queries.jsonl", "w") as out:
        for id_, text in queries:
            query = {"id": id_, "text": text}
            if lost:
                query["answerable"] = id_ not in lost
            out.write(json.dumps(query) + "\n")
    with open(folder / "qrels.txt", "w") as out:
        for query, documents in relevant.items():
            for document in documents:
                out.write(f"{query} 0 {document} 1\n")
    if lost:
        (folder / "unanswerable.txt").write_text("".join(f"{id_}\n" for id_, _ in queries if id_ in lost))


def xquad(data: Path, out: Path):
    for file in sorted(data.glob("xquad.*.json")):
        language = file.name.split(".")[1]
        name = "xquad" if language == "en" else f"xquad-{language}"
        articles = json.loads(file.read_text())["data"]
        docs, queries, relevant, article_of = [], [], {}, {}
        for at, article in enumerate(articles):
            for paragraph in article["paragraphs"]:
                id_ = f"p{len(docs)}"
                docs.append((id_, paragraph["context"]))
                article_of[id_] = at
                for asked in paragraph["qas"]:
                    queries.append((asked["id"], asked["question"]))
                    relevant[asked["id"]] = [id_]
        write(out / name, docs, queries, relevant)
        halves(out, name, docs, queries, relevant, {id_: at for at, (id_, _) in enumerate(docs)})
        for site in range(0, len(articles), 4):
            is_here = lambda query: site <= article_of[relevant[query][0]] < site + 4
            here = [query for query in queries if is_here(query[0])]
            others = [query for query in queries if not is_here(query[0])]
            others = random.Random(site).sample(others, min(len(here), len(others)))
            kept = [doc for doc in docs if site <= article_of[doc[0]] < site + 4]
            there = {id_: relevant[id_] for id_, _ in here}
            write(out / f"{name}-site-{site // 4}", kept, here + others, there, [id_ for id_, _ in others])


def halves(out: Path, name, docs, queries, relevant, group):
    """Two folds, each without every other group of documents: what was asked about them has no answer."""
    for fold in (0, 1):
        kept = {id_ for id_, _ in docs if group[id_] % 2 == fold}
        there = {query: found for query, found in relevant.items() if found[0] in kept}
        write(
            out / f"{name}-half-{fold}",
            [doc for doc in docs if doc[0] in kept],
            queries,
            there,
            [query for query, _ in queries if query not in there],
        )


def intents(folder: Path, train, test, unanswerable=()):
    """Documents of `train` are relevant to a query of `test` by their label."""
    by_label = {}
    for at, (_, label) in enumerate(train):
        by_label.setdefault(label, []).append(f"d{at}")
    queries = [(f"q{at}", text) for at, (text, _) in enumerate(test)]
    relevant = {f"q{at}": by_label[label] for at, (_, label) in enumerate(test)}
    lost = [(f"x{at}", text) for at, (text, _) in enumerate(unanswerable)]
    docs = [(f"d{at}", text) for at, (text, _) in enumerate(train)]
    write(folder, docs, queries + lost, relevant, [id_ for id_, _ in lost])
    if not lost:
        labels = {label: at for at, label in enumerate(by_label)}
        group = {f"d{at}": labels[label] for at, (_, label) in enumerate(train)}
        halves(folder.parent, folder.name, docs, queries, relevant, group)


def clinc(data: Path, out: Path):
    parts = json.loads((data / "clinc150_full.json").read_text())
    intents(out / "clinc", parts["train"], parts["test"])
    intents(out / "clinc-oos", parts["train"], parts["test"], parts["oos_test"])


def banking77(data: Path, out: Path):
    def rows(name):
        with open(data / name, newline="") as file:
            return [(row["text"].strip(), row["category"]) for row in csv.DictReader(file)]

    intents(out / "banking77", rows("banking77_train.csv"), rows("banking77_test.csv"))


def docstrings():
    """(name, docstring) of what the modules define, once each."""
    seen = set()
    for name in MODULES:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = importlib.import_module(name)
        things = [(name, module)]
        for attribute, value in sorted(vars(module).items()):
            if inspect.isclass(value) or inspect.isroutine(value):
                things.append((f"{name}.{attribute}", value))
            if inspect.isclass(value):
                methods = ((k, v) for k, v in sorted(vars(value).items()) if inspect.isroutine(v))
                things += [(f"{name}.{attribute}.{k}", v) for k, v in methods]
        for path, thing in things:
            doc = inspect.getdoc(thing) if isinstance(getattr(thing, "__doc__", None), str) else None
            if doc and doc not in seen:
                seen.add(doc)
                yield path, doc


def pydoc(out: Path):
    docs, queries, relevant, firsts = [], [], {}, set()
    for path, doc in docstrings():
        first, _, rest = doc.partition("\n")
        if len(rest.split()) < 25 or len(first.split()) < 4 or first in firsts:
            continue
        firsts.add(first)
        docs.append((path, " ".join(rest.split()[:300])))
        queries.append((f"q:{path}", first))
        relevant[f"q:{path}"] = [path]
    write(out / "pydoc", docs, queries, relevant)
    halves(out, "pydoc", docs, queries, relevant, {id_: at for at, (id_, _) in enumerate(docs)})


def readmes(sources: Path, out: Path):
    """What a crate says of itself in one line, if its README does not say it word for word; and its sections."""
    docs, queries, relevant = [], [], {}
    bodies, headings, below, seen = [], [], {}, set()
    for file in sorted(sources.rglob("README.md")):
        text = file.read_text(encoding="utf8", errors="ignore")
        manifest = file.parent / "Cargo.toml"
        package = tomllib.loads(manifest.read_text()).get("package", {}) if manifest.exists() else {}
        said = " ".join(str(package.get("description", "")).split())
        if len(text) >= 300 and len(said.split()) >= 4 and said not in text:
            id_ = f"d{len(docs)}"
            docs.append((id_, text[:20_000]))
            queries.append((f"q:{id_}", said))
            relevant[f"q:{id_}"] = [id_]
        parts = re.split(r"^#{1,4} +(.+)$", text, flags=re.MULTILINE)
        for heading, body in zip(parts[1::2], map(str.strip, parts[2::2])):
            heading = re.sub(r"[][`*#]", "", heading).strip()
            if 200 < len(body) < 3_000 and 3 <= len(heading.split()) <= 12 and body not in seen:
                seen.add(body)
                id_ = f"s{len(bodies)}"
                bodies.append((id_, body))
                headings.append((f"q:{id_}", heading))
                below[f"q:{id_}"] = [id_]
    write(out / "readmes", docs, queries, relevant)
    write(out / "sections", bodies, headings, below)


def large(sources: Path, out: Path):
    """Comments in the order of their files, some 120 words each; every sentence once, since crates copy one another."""
    docs, words, seen = [], [], set()
    for file in sorted(sources.rglob("*.rs")):
        fenced, lines = False, []
        for line in file.read_text(encoding="utf8", errors="ignore").splitlines():
            line = line.strip()
            if not line.startswith(("///", "//!")):
                continue
            line = line[3:].strip()
            if line.startswith("```"):
                fenced = not fenced
            elif not fenced and not line.startswith(("#", "[", "|")):
                lines.append(line)
        for sentence in " ".join(lines).split(". "):
            if len(sentence.split()) < 6 or sentence in seen:
                continue
            seen.add(sentence)
            words += (sentence + ".").split()
            if len(words) >= 100:
                docs.append((f"d{len(docs)}", " ".join(words)))
                words = []
            if len(docs) == 10_000:
                asked = [(f"q{at}", text.split(". ")[0][:200]) for at, (_, text) in enumerate(docs[::10])]
                write(out / "large", docs, asked, {})
                return
    raise SystemExit(f"{sources}: {len(docs)} passages are not enough")


def main():
    data, out = map(Path, sys.argv[1:3])
    xquad(data, out)
    clinc(data, out)
    banking77(data, out)
    pydoc(out)
    if len(sys.argv) > 3:
        readmes(Path(sys.argv[3]), out)
        large(Path(sys.argv[3]), out)


if __name__ == "__main__":
    main()
