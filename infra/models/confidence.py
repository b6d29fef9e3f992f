"""Fits the confidence of `shared/knowledge/src/confidence` on small collections, as businesses have.

    python3 infra/models/confidence.py collect DATA OUT       # collections, for `bench -- confidence`
    cargo run --release -p bench -- confidence --collections OUT/train.jsonl --scores OUT/scores.jsonl
    python3 infra/models/confidence.py fit OUT/scores.jsonl   # prints the weights, and what they do to what was left out

With `--semantic` (and `--features minilm`) the scores are those of a model's embeddings, and the weights those for them.

`collect` makes `train.jsonl` for the fit, and `held-out.jsonl` and `unseen.jsonl` (the sites of `infra/models/data/unseen`), which it
does not see. Those of the fit are collections of `infra/models/data` (invented businesses, written for training), of `tests/usage`, and of
samples of every other intent or article of banking77, CLINC150 and XQuAD in DATA (`docs/benchmarks.md` reports on the
others). Each business comes as pairs, as pages and as both, whole and by halves: what was asked of the other half has no answer.

The model: of the best entries for a question one answers, or none. Each has odds, the exponential of its features' weighted
sum, by its kind; its confidence is its odds over those of all with another answer and of none. It is fitted by the
likelihood of what is known to be right, with a prior that keeps weights small.
"""

import csv
import json
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASKED = Path(__file__).resolve().parent / "data" / "asked"
SITES = Path(__file__).resolve().parent / "data" / "sites"
UNSEEN = Path(__file__).resolve().parent / "data" / "unseen"


def business(path):
    """Its title, entries (question or heading, answer, what people ask, whether it is a pair), and what has no answer."""
    title, entries, nothing = path.stem, [], []
    lines = [line for line in path.read_text().splitlines() if line.strip()]
    at = 0
    while at < len(lines):
        mark, text = lines[at][0], lines[at][2:].strip()
        if mark == "T":
            title = text
        elif mark in "QP":
            at += 1
            entries.append((text, lines[at].removeprefix("A ").strip(), [], mark == "Q"))
        elif mark == "-":
            entries[-1][2].append(text)
        elif mark == "N":
            nothing.append(text)
        at += 1
    return title, entries, nothing


def collection(name, title, pairs, sections, queries):
    page = f"# {title}\n\n" + "".join(f"## {heading}\n\n{text}\n\n" for heading, text, *_ in sections)
    return {
        "name": name,
        "pages": [{"name": "page.md", "text": page}] if sections else [],
        "pairs": [[question, answer] for question, answer, *_ in pairs],
        "queries": [{"text": text, "expected": expected} for text, expected in queries],
    }


def asked(chance):
    """Collections of the invented businesses."""
    every = []
    for path in sorted(ASKED.glob("*.txt")):
        title, entries, nothing = business(path)
        every.append(entries)
        none = [(text, []) for text in nothing]
        ask = lambda some, there: [(text, [answer] if there else []) for _, answer, texts, _ in some for text in texts]
        # Of both halves of every second entry, and mixed.
        halves = [entries[::2], entries[1::2]]
        for form in ("pairs", "pages"):
            split = (lambda some: (some, [])) if form == "pairs" else (lambda some: ([], some))
            yield collection(f"{path.stem}/{form}", title, *split(entries), ask(entries, True) + none)
            for at in (0, 1):
                here, gone = halves[at], halves[1 - at]
                queries = ask(here, True) + ask(gone, False) + none
                yield collection(f"{path.stem}/{form}-{at}", title, *split(here), queries)
        for at in (0, 1):
            queries = ask(entries, True) + none
            yield collection(f"{path.stem}/both-{at}", title, halves[at], halves[1 - at], queries)
    # A few entries in every language.
    for number in range(6):
        some = [entry for entries in every for entry in chance.sample(entries, 2)]
        gone = [entry for entries in every for entry in entries if entry not in some]
        queries = [(text, [answer]) for _, answer, texts, _ in some for text in texts]
        queries += [(chance.choice(entry[2]), []) for entry in chance.sample(gone, 25)]
        pairs, sections = (some, []) if number % 2 == 0 else (some[::2], some[1::2])
        yield collection(f"languages/{number}", "All", pairs, sections, queries)


def sites(folder):
    """Those of a folder of `infra/models/data`: pages in HTML, and pairs."""
    for path in sorted(folder.glob("*.json")):
        site = json.loads(path.read_text())
        yield {
            "name": f"site-{path.stem}/all",
            "pages": [{"name": name, "text": html} for name, html in site["pages"]],
            "pairs": site["pairs"],
            "queries": [{"text": text, "expected": expected} for text, expected in site["questions"]],
        }


def usage():
    """Those of `tests/usage`; the product's own documentation too."""
    folder = ROOT / "tests" / "usage"
    for path in sorted(folder.iterdir()):
        if not path.is_dir():
            continue
        source = ROOT / "functions" / "docs" / "site" if path.name == "product" else path
        pages = [{"name": page.name, "text": page.read_text()} for page in sorted(source.glob("*.md"))]
        pairs = list(csv.reader(open(path / "pairs.csv")))[1:] if (path / "pairs.csv").exists() else []
        queries = []
        for file in ("questions.csv", "fresh.csv"):
            for row in list(csv.reader(open(path / file)))[1:] if (path / file).exists() else []:
                if row[1] in ("answer", "none"):
                    queries.append({"text": row[3], "expected": [text for text in row[4].split("|") if text]})
        yield {"name": f"usage-{path.name}/all", "pages": pages, "pairs": pairs, "queries": queries}


def intents(name, train, test, out_of_scope, chance, part):
    """Small collections of pairs, of some of every other intent: one or two questions of each."""
    by_label = {}
    for text, label in train:
        by_label.setdefault(label, []).append(text)
    asked_by = {}
    for text, label in test:
        asked_by.setdefault(label, []).append(text)
    labels = sorted(by_label)[part::2]
    for number in range(16):
        size = chance.choice([5, 8, 12, 20, 30])
        here = chance.sample(labels, min(size, len(labels)))
        gone = [label for label in labels if label not in here]
        pairs = [[chance.choice(by_label[label]), f"({at})"] for at, label in enumerate(here)]
        queries = []
        for _ in range(20):
            at = chance.randrange(len(here))
            queries.append({"text": chance.choice(asked_by[here[at]]), "expected": [f"({at})"]})
        for _ in range(12):
            other = chance.choice(gone) if gone else None
            is_out = out_of_scope and chance.random() < 0.4 or other is None
            queries.append({"text": chance.choice(out_of_scope if is_out else asked_by[other]), "expected": []})
        yield {"name": f"{name}/{number}", "pairs": pairs, "queries": queries}


def articles(name, path, chance, part):
    """Small collections of passages: some of two articles of every other, below the article's title."""
    every = json.loads(path.read_text())["data"][part::2]
    for number in range(10):
        two = chance.sample(every, 2)
        here = [(article["title"].replace("_", " "), p) for article in two for p in article["paragraphs"]]
        chance.shuffle(here)
        here, gone = here[: len(here) * 3 // 4], here[len(here) * 3 // 4 :]
        passages = [{"name": title, "text": p["context"]} for title, p in here]
        queries = [{"text": q["question"], "expected": [p["context"]]} for _, p in here[:5] for q in p["qas"]]
        queries += [{"text": q["question"], "expected": []} for _, p in gone for q in p["qas"][:3]]
        yield {"name": f"{name}/{number}", "passages": passages, "queries": queries}


def collect(data, out):
    data, out = Path(data), Path(out)
    out.mkdir(parents=True, exist_ok=True)

    def of(part, seed):
        chance = random.Random(seed)
        made = list(asked(chance)) + list(sites(SITES)) + list(usage()) if part == 0 else []
        if (data / "banking77_train.csv").exists():
            rows = lambda name: [(r["text"].strip(), r["category"]) for r in csv.DictReader(open(data / name, newline=""))]
            made += intents("banking77", rows("banking77_train.csv"), rows("banking77_test.csv"), [], chance, part)
            parts = json.loads((data / "clinc150_full.json").read_text())
            out_of_scope = [text for text, _ in parts["oos_test"]]
            made += intents("clinc", parts["train"], parts["test"], out_of_scope, chance, part)
        for path in sorted(data.glob("xquad.*.json")):
            made += articles(path.name.removesuffix(".json"), path, chance, part)
        return made

    for name, part, seed in (("train", 0, 1), ("held-out", 1, 2)):
        with open(out / f"{name}.jsonl", "w") as file:
            for one in of(part, seed):
                file.write(json.dumps(one, ensure_ascii=False) + "\n")
    with open(out / "unseen.jsonl", "w") as file:
        for one in sites(UNSEEN):
            file.write(json.dumps(one, ensure_ascii=False) + "\n")


# What a question counts for in the fit: those of real pages more, samples of large collections less.
COUNTS = {"banking77": 0.4, "clinc": 0.4, "languages": 0.7, "xquad": 0.3, "site": 4.0, "usage": 8.0}
# What one without an answer counts for beside one that has one: there are more of them here than visitors ask.
NONE = 0.5
PRIOR, MAX_ODDS, MAX_APART = 3.0, 12.0, 0.35
ANSWER, NEAR = 0.5, 0.2


class Scores:
    """The features of the best entries for each question, pairs' before passages', as arrays."""

    def __init__(self, path):
        import numpy as np

        self.rows = [json.loads(line) for line in open(path)]
        entries = lambda row: [entry for entry in row["entries"] if entry["is_pair"] or entry["heading"]]
        size = lambda pair: max(len(e["features"]) for r in self.rows for e in entries(r) if e["is_pair"] == pair)
        self.pairs, most = size(True), max(len(entries(row)) for row in self.rows)
        shape = (len(self.rows), most)
        self.x = np.zeros((*shape, self.pairs + size(False)))
        self.there, self.right, self.apart = (np.zeros(shape, bool) for _ in range(3))
        self.others = np.zeros((*shape, most))
        for at, row in enumerate(self.rows):
            same = [(e["is_pair"], e["content"] if e["is_pair"] else e["heading"]) for e in entries(row)]
            for place, entry in enumerate(entries(row)):
                begin = 0 if entry["is_pair"] else self.pairs
                self.x[at, place, begin : begin + len(entry["features"])] = entry["features"]
                self.there[at, place], self.right[at, place] = True, entry["right"]
                self.apart[at, place] = entry["is_apart"]
                self.others[at, place, : len(same)] = [one != same[place] for one in same]
        self.answerable = np.array([row["answerable"] for row in self.rows])
        self.family = np.array([row["collection"].split("/")[0] for row in self.rows])
        count = lambda family: COUNTS.get(family.split("-")[0].split(".")[0], 1.0)
        self.counts = np.array([count(family) for family in self.family])
        self.counts *= np.where(self.answerable, 1.0, NONE)
        self.scale = np.sqrt((self.x[self.there] ** 2).mean(0)) + 1e-6

    def fit(self, some):
        """The weights by the likelihood of the questions `some`."""
        import numpy as np
        from scipy.optimize import minimize

        x, there, counts = self.x[some] / self.scale, self.there[some], self.counts[some]
        right = np.concatenate([self.right[some], ~self.right[some].any(1, keepdims=True)], 1)

        def loss(weights):
            odds = np.where(there, np.clip(x @ weights, -MAX_ODDS, MAX_ODDS), -1e9)
            odds = np.concatenate([odds, np.zeros((len(odds), 1))], 1)
            share = np.exp(odds - odds.max(1, keepdims=True))
            share /= share.sum(1, keepdims=True)
            known = (share * right).sum(1) + 1e-12
            by_odds = (share - share * right / known[:, None])[:, :-1] * counts[:, None]
            lost = -(counts * np.log(known)).sum() + PRIOR * (weights**2).sum()
            return lost, np.einsum("ik,ikf->f", by_odds, x) + 2 * PRIOR * weights

        start = np.zeros(x.shape[2])
        return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400}).x / self.scale

    def confidences(self, some, weights):
        import numpy as np

        odds = np.exp(np.clip(self.x[some] @ weights, -MAX_ODDS, MAX_ODDS)) * self.there[some]
        shares = odds / (odds + 1 + np.einsum("iab,ib->ia", self.others[some], odds))
        return np.where(self.apart[some], np.minimum(shares, MAX_APART), shares)

    def report(self, some, confidences, name):
        """Percent of what has an answer: right, wrong, near; and of what has none: answered, near."""
        import numpy as np

        best, most = confidences.argmax(1), confidences.max(1)
        right, has = self.right[some][np.arange(len(some)), best], self.answerable[some]
        sure, near = most >= ANSWER, (most >= NEAR) & (most < ANSWER)
        share = lambda part, whole: 100 * (part & whole).sum() / max(whole.sum(), 1)
        print(
            f"{name:20} {has.sum():5} right {share(sure & right, has):4.1f} wrong {share(sure & ~right, has):4.1f} near "
            f"{share(near, has):4.1f}   none: {(~has).sum():5} answered {share(sure, ~has):4.1f} near {share(near, ~has):4.1f}"
        )


def fit(path):
    import numpy as np

    scores = Scores(path)
    families = sorted(set(scores.family))
    left_out = np.zeros(scores.there.shape)
    for fold in range(5):
        test = np.where(np.isin(scores.family, families[fold::5]))[0]
        weights = scores.fit(np.where(~np.isin(scores.family, families[fold::5]))[0])
        left_out[test] = scores.confidences(test, weights)
    for family in families:
        here = np.where(scores.family == family)[0]
        scores.report(here, left_out[here], family)
    every = np.arange(len(scores.rows))
    scores.report(every, left_out, "all, left out")
    weights = scores.fit(every)
    scores.report(every, scores.confidences(every, weights), "all, fitted")
    for name, some in (("PAIR", weights[: scores.pairs]), ("HEADED", weights[scores.pairs :])):
        print(f"const {name}: [f32; {len(some)}] = [{', '.join(f'{weight:.3f}' for weight in some)}];")


if __name__ == "__main__":
    {"collect": collect, "fit": fit}[sys.argv[1]](*sys.argv[2:])
