"""Fits what words count for beside a model's embeddings: the constant `MODEL` of `shared/knowledge/src/semantic/fusion.rs`.

    python3 infra/models/fusion.py collect DATA OUT
    for c in OUT/*/; do
      cargo run --release -p bench --features minilm -- retrieve --semantic --docs $c/docs.jsonl --queries $c/queries.jsonl \\
        --out $c/run.trec --parts $c/parts.jsonl
    done
    python3 infra/models/fusion.py fit OUT

`collect` makes eleven collections of `xquad.en.json`, `clinc150_full.json`, `banking77_train.csv` and `banking77_test.csv` in
DATA and one of part codes, which a model can't tell apart: passages, utterances of an intent, its name, pairs; names and
numbers, and a language that no model knows. `fit` prints, for each collection, hit@1 of words with characters, of the cosines,
and of what a fit makes of both: of all collections, without this one, and without its family.

The model: the score of an entry is a w (1 - m)^p + b m, where w is what it has of the question's words, a run of characters
counting .14 of a word, and m is its cosine times how far the cosines can be relied on; p is 1 where entries are long, and nearly 3
where they are lines (`SHORT`, `OF_SHORT`). The likelihood that the best entry is a
right one is made as large as can be, each collection counting alike. Needs numpy and scipy.
"""

import csv
import json
import random
import re
import sys
from pathlib import Path

CHARACTERS = 0.14
SHORT, OF_SHORT = 40, 2
NEAREST = 25
QUESTIONS = 1200
SEED = 5
CODES = 400


def write(folder: Path, docs, queries):
    """`docs`: (id, text, question or None); `queries`: (text, ids of what is right)."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "docs.jsonl", "w") as out:
        for id_, text, question in docs:
            out.write(json.dumps({"id": id_, "text": text} | ({"question": question} if question else {})) + "\n")
    with open(folder / "queries.jsonl", "w") as out, open(folder / "right.json", "w") as right:
        for number, (text, _) in enumerate(queries):
            out.write(json.dumps({"id": f"q{number}", "text": text}) + "\n")
        json.dump({f"q{number}": ids for number, (_, ids) in enumerate(queries)}, right)


def swapped(text):
    """`text` in a language that no model was trained on: other letters for its letters."""
    letters = dict(zip("abcdefghijklmnopqrstuvwxyz", "qzwxecrvtbynumiolpkajshdgf"))
    return "".join(letters.get(c.lower(), c).upper() if c.isupper() else letters.get(c, c) for c in text)


def xquad(data: Path, out: Path):
    paragraphs = [p for a in json.loads((data / "xquad.en.json").read_text())["data"] for p in a["paragraphs"]]
    docs = [(f"p{number}", p["context"], None) for number, p in enumerate(paragraphs)]
    asked = [(q["question"], [f"p{number}"]) for number, p in enumerate(paragraphs) for q in p["qas"]]
    answers = [q["answers"][0]["text"] for p in paragraphs for q in p["qas"]]
    write(out / "xquad", docs, asked[::2])
    holding = [(answer, [id_ for id_, text, _ in docs if answer in text]) for answer in answers]
    write(out / "xquad-answers", docs, holding[::3])
    write(out / "xquad-swapped", [(id_, swapped(t), None) for id_, t, _ in docs], [(swapped(q), r) for q, r in asked[::3]])


def intents(out: Path, name, train, test, each, chance):
    """Utterances to `each` utterances of their intent, to its name, and to pairs."""
    by_intent = {}
    for text, intent in train:
        by_intent.setdefault(intent, []).append(text)
    docs, ids = [], {}
    for intent, texts in by_intent.items():
        chance.shuffle(texts)
        for text in texts[:each]:
            ids.setdefault(intent, []).append(len(docs))
            docs.append((text, intent))
    test = chance.sample(test, min(QUESTIONS, len(test)))
    right = lambda intent, step: [f"d{at}" for at in ids[intent] if at % step == 0]
    write(out / name, [(f"d{at}", text, None) for at, (text, _) in enumerate(docs)],
          [(text, right(intent, 1)) for text, intent in test[::2]])
    pairs = [(f"d{at}", intent.replace("_", " "), text) for at, (text, intent) in enumerate(docs) if at % 5 == 0]
    write(out / f"{name}-pairs", pairs, [(text, right(intent, 5)) for text, intent in test])
    write(out / f"{name}-names", [(f"n-{intent}", intent.replace("_", " "), None) for intent in sorted(by_intent)],
          [(text, [f"n-{intent}"]) for text, intent in test])


def codes(out: Path, chance):
    docs, queries = [], []
    for number in range(CODES):
        code = f"{chance.choice(['XK', 'BR', 'LM', 'TZ', 'QF'])}-{chance.randint(100, 999)}{chance.choice('ABCDE')}"
        part = chance.choice(["pump", "valve", "filter", "gasket", "bearing"])
        of = chance.choice(["boilers", "washing machines", "dryers", "ovens"])
        docs.append((f"c{number}", f"{code} {part} for {of}, {chance.randint(5, 90)} mm, in stock.", None))
        if number % 2 == 0:
            queries.append((f"{chance.choice(['do you have', 'price of', 'where can I get'])} {code}", [f"c{number}"]))
    write(out / "codes", docs, queries)


def collect(data: Path, out: Path):
    chance = random.Random(SEED)
    xquad(data, out)
    clinc = json.loads((data / "clinc150_full.json").read_text())
    intents(out, "clinc", clinc["train"], clinc["test"], 20, chance)
    read = lambda name: [(row["text"], row["category"]) for row in csv.DictReader(open(data / name))]
    intents(out, "banking", read("banking77_train.csv"), read("banking77_test.csv"), 25, chance)
    codes(out, chance)


def fit(folder: Path):
    import numpy
    from scipy.optimize import minimize

    def questions(collection):
        right = json.loads((folder / collection / "right.json").read_text())
        docs = [json.loads(line) for line in open(folder / collection / "docs.jsonl")]
        words_of = lambda doc: len(re.findall(r"\w+", f"{doc.get('question', '')} {doc['text']}"))
        mean = sum(map(words_of, docs)) / len(docs)
        left_to_words = 1 + OF_SHORT / (1 + (mean / SHORT) ** 2)
        for line in open(folder / collection / "parts.jsonl"):
            asked = json.loads(line)
            ids = set(right[asked["id"]])
            if not asked["entries"]:
                yield None
                continue
            parts = numpy.array([entry[1:] for entry in asked["entries"]], float)
            words = parts[:, 0] + CHARACTERS * parts[:, 1]
            meaning = numpy.clip(parts[:, 2] * asked["reliance"], 0, 1)
            is_right = numpy.array([entry[0] in ids for entry in asked["entries"]])
            # Those behind in both are no rivals.
            kept = numpy.union1d(numpy.argsort(-words)[:NEAREST], numpy.argsort(-meaning)[:NEAREST])
            words, meaning, is_right = words[kept], meaning[kept], is_right[kept]
            left = words * (1 - meaning) ** left_to_words
            yield numpy.stack([left, meaning], 1), is_right, words, meaning

    every = {path.parent.name: list(questions(path.parent.name)) for path in sorted(folder.glob("*/parts.jsonl"))}

    def weights(collections):
        known = [[q[:2] for q in every[name] if q and q[1].any()] for name in collections]

        def loss(weights):
            total, slope = 0.0, numpy.zeros(2)
            for asked in known:
                for features, is_right in asked:
                    score = features @ weights
                    share = numpy.exp(score - score.max())
                    share /= share.sum()
                    right = share[is_right].sum() + 1e-12
                    total -= numpy.log(right) / len(asked)
                    slope -= (numpy.where(is_right, share / right, 0) - share) @ features / len(asked)
            return total / len(known), slope / len(known)

        return minimize(loss, numpy.ones(2), jac=True, method="L-BFGS-B", options={"maxiter": 40}).x

    def hits(name, score):
        found = sum(q is not None and bool(q[1][int(numpy.argmax(score(q)))]) for q in every[name])
        return found / len(every[name])

    family = lambda name: re.split("-", name)[0]
    of_all = weights(every)
    print("a, b of all:", numpy.round(of_all, 2))
    print(f"{'':16}{'words':>7}{'cosine':>8}{'fused':>8}{'without it':>12}{'without its family':>20}")
    for name in every:
        words, cosine = hits(name, lambda q: q[2]), hits(name, lambda q: q[3])
        row = [of_all, weights([n for n in every if n != name]), weights([n for n in every if family(n) != family(name)])]
        fused = [hits(name, lambda q: q[0] @ w) for w in row]
        print(f"{name:16}{words:7.3f}{cosine:8.3f}{fused[0]:8.3f}{fused[1]:12.3f}{fused[2]:20.3f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["collect"]:
        collect(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        fit(Path(sys.argv[2]))
