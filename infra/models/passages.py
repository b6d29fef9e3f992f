"""Fits the confidence of a passage without a heading (`PASSAGE` of `shared/knowledge/src/confidence.rs`).

    python3 infra/bench/peers/datasets.py DATA OUT
    python3 infra/models/passages.py score OUT target/measure/bench   # features of every question of OUT's collections
    python3 infra/models/passages.py fit OUT                          # prints what was left out, and the weights
    python3 infra/models/passages.py shares OUT                       # what visitors get by what was scored, at the defaults

A question has an answer in what is searched, or none; the confidence is a logistic function of what was seen of the document
that most likely answers. It is fitted by the likelihood, as many with as without an answer in each collection, and by how often
one with an answer is ahead of one without (RankNet's loss, after Burges et al., "Learning to rank using gradient descent", 2005),
with a prior that keeps weights small. Which document that is follows from the weights: after each fit they choose again.

Each question belongs to a half by what it is about, the same in every collection: an intent, or an article. What is printed of a
half was fitted on the other, and what is printed of a collection without any of it.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# What a collection counts for: XQuAD's are many.
COUNTS = {"banking77": 2.0, "clinc": 2.0, "xquad": 1.0, "languages": 0.25, "sites": 0.05}
# These are the same questions, or translations of them: one is left out with the others.
XQUAD = ("xquad", "languages", "sites")
RANKED, PAIRS, PRIOR, ROUNDS = 3.0, 4000, 1e-3, 4
ANSWER, NEAR = 0.5, 0.2


def collections(out):
    return sorted(path.parent for path in Path(out).glob("*/unanswerable.txt") if not path.parent.name.startswith("pydoc"))


def score(out, bench):
    def one(folder):
        files = [f"--{name}={folder / file}" for name, file in (
            ("docs", "docs.jsonl"), ("queries", "queries.jsonl"), ("unanswerable", "unanswerable.txt"), ("scores", "scores.jsonl"))]
        said = subprocess.run([bench, "unanswerable", *files], check=True, capture_output=True, text=True).stdout
        print(folder.name, said.splitlines()[0], flush=True)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, collections(out)))


def family(name):
    if "-site-" in name:
        return "sites"
    if name.startswith("xquad-half"):
        return "xquad"
    return "languages" if name.startswith("xquad") else name.split("-")[0]


class Collection:
    """The features of its questions, which of them have an answer, and the half of each."""

    def __init__(self, folder):
        import numpy as np

        rows = [json.loads(line) for line in open(folder / "scores.jsonl")]
        width = max(len(one) for row in rows for one in row["features"])
        most = max(len(row["features"]) for row in rows)
        # Where fewer were found the last one is there again; where nothing was, no feature but the first.
        nothing = [[1.0] + [0.0] * (width - 1)]
        filled = lambda found: found + found[-1:] * (most - len(found))
        self.name, self.family = folder.name, family(folder.name)
        self.near = np.array([filled(row["features"] or nothing) for row in rows], np.float32)
        self.x, self.has = self.near[:, 0].astype(float), np.array([row["answerable"] for row in rows])
        self.half = np.array([self.about(folder, row["id"]) for row in rows])

    def about(self, folder, query):
        """0 or 1, by the first document that the whole collection says is relevant; of those without one by their order."""
        if not hasattr(self, "groups"):
            whole = folder.parent / whole_of(folder.name)
            lines = (line.split() for line in open(whole / "qrels.txt"))
            first = {}
            for asked, _, document, _ in lines:
                first.setdefault(asked, document)
            order = {document: at for at, document in enumerate(dict.fromkeys(first.values()))}
            # Five passages an article, of which each half of a collection has some.
            size = 10 if self.family in ("xquad", "languages", "sites") else 2
            self.groups = {asked: order[document] // size % 2 for asked, document in first.items()}
        return self.groups.get(query, int(query.strip("x")) % 2 if query.strip("x").isdigit() else 0)

    def part(self, some):
        part = object.__new__(Collection)
        part.name, part.family, part.near, part.has = self.name, self.family, self.near[some], self.has[some]
        part.x = part.near[:, 0].astype(float)
        return part

    def best(self, weights):
        """The features of the document of each question that most likely answers by these weights."""
        import numpy as np

        return self.near[np.arange(len(self.near)), (self.near @ weights).argmax(1)].astype(float)


def fitted(parts):
    weights = None
    for _ in range(ROUNDS):
        for part in parts:
            part.x = part.near[:, 0].astype(float) if weights is None else part.best(weights)
        weights = fitted_once(parts)
    return weights


def fitted_once(parts):
    import numpy as np
    from scipy.optimize import minimize

    chance = np.random.default_rng(1)
    scale = np.sqrt(np.mean([(part.x**2).mean(0) for part in parts], 0)) + 1e-6
    numbers = {}
    for part in parts:
        numbers[part.family] = numbers.get(part.family, 0) + 1
    data = []
    for part in parts:
        x, yes, no = part.x / scale, np.where(part.has)[0], np.where(~part.has)[0]
        if len(yes) and len(no):
            count = COUNTS[part.family] / (numbers[part.family] if part.family not in ("languages", "sites") else 1)
            pairs = chance.choice(yes, PAIRS), chance.choice(no, PAIRS)
            data.append((count, x, yes, no, x[pairs[0]] - x[pairs[1]]))
    softplus = lambda v: np.logaddexp(0.0, v)
    sigmoid = lambda v: 1 / (1 + np.exp(-np.clip(v, -60, 60)))

    def loss(weights):
        lost, by = PRIOR * (weights[1:] ** 2).sum(), 2 * PRIOR * weights
        by[0] = 0.0
        for count, x, yes, no, ahead in data:
            odds, lead = x @ weights, ahead @ weights
            lost += count * (softplus(-odds[yes]).mean() + softplus(odds[no]).mean()) / 2
            by += count * (-(sigmoid(-odds[yes]) @ x[yes]) / len(yes) + (sigmoid(odds[no]) @ x[no]) / len(no)) / 2
            lost += RANKED * count * softplus(-lead).mean()
            by -= RANKED * count * (sigmoid(-lead) @ ahead) / len(ahead)
        return lost, by

    begin = np.zeros(data[0][1].shape[1])
    return minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x / scale


def auroc(odds, has):
    """The chance that one with an answer is ahead of one without; those alike count half."""
    import numpy as np
    from scipy.stats import rankdata

    yes = has.sum()
    ranks = rankdata(odds)
    return (ranks[has].sum() - yes * (yes + 1) / 2) / (yes * (len(has) - yes)) if 0 < yes < len(has) else np.nan


def area(part, weights):
    return auroc(part.best(weights) @ weights, part.has)


def shares(out):
    """Of what has an answer: right, wrong, near; of what has none: answered, near; and the area by the scores as they are.

    Right is the document of the best score, which is quoted unless another one most likely answers."""
    import numpy as np

    rows = {}
    for folder in collections(out):
        whole = folder.parent / whole_of(folder.name)
        relevant = {(asked, document) for asked, _, document, _ in map(str.split, open(whole / "qrels.txt"))}
        lines = [json.loads(line) for line in open(folder / "scores.jsonl")]
        sure, has = (np.array([line[name] for line in lines]) for name in ("confidence", "answerable"))
        right = np.array([(line["id"], line["top"]) in relevant for line in lines])
        share = lambda part, of: (part & of).sum() / of.sum()
        near = (sure < ANSWER) & (sure >= NEAR)
        row = [auroc(sure, has), share(right & (sure >= ANSWER), has), share(~right & (sure >= ANSWER), has), share(near, has)]
        rows.setdefault(grouped(folder.name), []).append(row + [share(sure >= ANSWER, ~has), share(near, ~has)])
    print("| collection | AUROC | right | wrong | near | without an answer: answered | near |\n|---|--:|--:|--:|--:|--:|--:|")
    for name, some in rows.items():
        areas = ", ".join(f"{row[0]:.3f}" for row in some) if len(some) < 3 else f"{np.mean(some, 0)[0]:.3f}"
        print(f"| {name} | {areas} | {' | '.join(f'{value:.3f}' for value in np.mean(some, 0)[1:])} |")


def whole_of(name):
    """The collection that a half, a site, or one with questions of no intent is of."""
    return name.split("-half-")[0].split("-site-")[0].removesuffix("-oos")


def grouped(name):
    whole = whole_of(name)
    return f"{whole}, sites" if "-site-" in name else f"{whole}, halves" if "-half-" in name else name


def fit(out):
    import numpy as np

    every = [Collection(folder) for folder in collections(out) if (folder / "scores.jsonl").exists()]
    halves = [[one.part(one.half == half) for one in every] for half in (0, 1)]
    by_other = [fitted(halves[1 - half]) for half in (0, 1)]
    families = sorted({one.family for one in every})
    kin = lambda name: XQUAD if name in XQUAD else (name,)
    without = {name: fitted([one for one in every if one.family not in kin(name)]) for name in families}
    weights = fitted(every)
    print(f"{'collection':24} by the other half   without it   fitted on all")
    rows = {}
    for at, one in enumerate(every):
        left = [area(halves[half][at], by_other[half]) for half in (0, 1)]
        row = (np.nanmean(left), area(one, without[one.family]), area(one, weights))
        rows.setdefault(grouped(one.name) if one.family == "sites" else one.name, []).append(row)
    for name, some in rows.items():
        print(f"{name:24} {'   '.join(f'{value:14.4f}' for value in np.mean(some, 0))}")
    print(f"const PASSAGE: [f32; {len(weights)}] = [{', '.join(f'{weight:.3f}' for weight in weights)}];")


if __name__ == "__main__":
    {"score": score, "fit": fit, "shares": shares}[sys.argv[1]](*sys.argv[2:])
