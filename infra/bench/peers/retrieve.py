"""What bm25s and tantivy find in the same documents, and the CPU time they take; and the measure of any run.

    pip install bm25s==0.3.16 PyStemmer==3.1.0 tantivy==0.27.0
    python infra/bench/peers/retrieve.py FOLDER [RUN ...]

FOLDER has `docs.jsonl`, `queries.jsonl` and `qrels.txt`, as `datasets.py` makes them. Each RUN, in TREC's form such as
`bench -- retrieve` writes, is scored as the peers are: over the queries that `qrels.txt` names. Times are this thread's
CPU time, from the question's text to the best 100 documents, the fastest of three.
"""

import json
import math
import sys
import time
from pathlib import Path

import bm25s
import Stemmer
import tantivy

DEPTH = 100
TIMES = 3


def lines(file: Path):
    with open(file, encoding="utf8") as opened:
        return [json.loads(line) for line in opened if line.strip()]


def text_of(doc):
    return "\n".join(part for part in (doc.get("title"), doc.get("question"), doc["text"]) if part)


def score(run, qrels):
    """nDCG@10, hit@1, hit@5 and MRR@10; all documents that are relevant are equally so."""
    sums = [0.0] * 4
    for query, relevant in qrels.items():
        found = [document in relevant for document in run.get(query, [])[:10]]
        gained = sum(1 / math.log2(place + 2) for place, hit in enumerate(found) if hit)
        ideal = sum(1 / math.log2(place + 2) for place in range(min(10, len(relevant))))
        first = found.index(True) if True in found else None
        sums[0] += gained / ideal
        sums[1] += first == 0
        sums[2] += first is not None and first < 5
        sums[3] += 1 / (first + 1) if first is not None else 0
    return [each / len(qrels) for each in sums]


def with_bm25s(texts):
    """With the method and constants that it has by default, English stop words and Snowball's stemmer."""
    stemmer = Stemmer.Stemmer("english")

    def tokens(of):
        return bm25s.tokenize(of, stopwords="en", stemmer=stemmer, show_progress=False)

    index = bm25s.BM25()
    index.index(tokens(texts), show_progress=False)
    depth = min(DEPTH, len(texts))

    def search(question):
        found, scores = index.retrieve(tokens([question]), k=depth, show_progress=False, n_threads=0)
        return [int(place) for place, value in zip(found[0], scores[0]) if value > 0]

    return search


def with_tantivy(texts):
    """With its English analyzer (stemmed), in memory, in one segment; any word of the question may match."""
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("text", tokenizer_name="en_stem")
    schema.add_integer_field("place", stored=True)
    index = tantivy.Index(schema.build())
    writer = index.writer(num_threads=1)
    for place, text in enumerate(texts):
        writer.add_document(tantivy.Document(text=text, place=place))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(question):
        # What is no letter or digit would be taken for an operator.
        words = "".join(c if c.isalnum() else " " for c in question).lower()
        query, _ = index.parse_query_lenient(words, ["text"])
        hits = searcher.search(query, DEPTH).hits
        return [searcher.doc(address)["place"][0] for _, address in hits]

    return search


def timed(search, question):
    fastest = math.inf
    for _ in range(TIMES):
        begin = time.thread_time()
        found = search(question)
        fastest = min(fastest, time.thread_time() - begin)
    return found, fastest * 1e6


def report(name, run, qrels, took=()):
    row = " ".join(f"{value:.3f}" for value in score(run, qrels))
    took = sorted(took)
    times = "".join(f" {took[int(len(took) * share)]:8.1f}" for share in (0.5, 0.99) if took)
    print(f"{name:24} {row}{times}")


def main(folder: Path, runs):
    docs, queries = lines(folder / "docs.jsonl"), lines(folder / "queries.jsonl")
    qrels = {}
    for line in (folder / "qrels.txt").read_text().splitlines():
        query, _, document, relevant = line.split()
        if int(relevant) > 0:
            qrels.setdefault(query, set()).add(document)
    print(f"{folder.name}: {len(docs)} documents, {len(queries)} queries, {len(qrels)} of them with a document")
    print(f"{'system':24} nDCG@10 hit@1 hit@5 MRR@10, µs of CPU p50, p99")
    for name in runs:
        run = {}
        for line in Path(name).read_text().splitlines():
            query, _, document, *_ = line.split()
            run.setdefault(query, []).append(document)
        report(Path(name).name, run, qrels)
    texts = [text_of(doc) for doc in docs]
    for name, make in (("bm25s", with_bm25s), ("tantivy", with_tantivy)):
        search, run, took = make(texts), {}, []
        for query in queries:
            found, micros = timed(search, query["text"])
            run[query["id"]] = [docs[place]["id"] for place in found]
            took.append(micros)
        report(name, run, qrels, took)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2:])
