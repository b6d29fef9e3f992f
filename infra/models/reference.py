"""Makes what `shared/embed/tests` compares with: vectors by NumPy and the `tokenizers` of PyPI.

    pip install numpy safetensors tokenizers
    infra/models/reference.py .models/minilm

An implementation of its own, by the paper and not by our code. Beside the vectors of the real
model it makes a tiny one of the same kind, which is small enough to be kept with the tests.
"""

import json
import math
import pathlib
import sys

import numpy as np
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer
from tokenizers.implementations import BertWordPieceTokenizer

TESTS = pathlib.Path(__file__).parents[2] / "shared/embed/tests"
TEXTS = [
    "How long is an invoice due?",
    "Wie lange ist die Rechnung fällig?",
    "Café déjà-vu: 你好, naïve ünïcode & <b>html</b> — it's 3.50 €!",
    "x",
    "",
    "Parcels are sent every morning. A parcel takes three days. " * 40,
]
TINY = dict(
    hidden_size=8, intermediate_size=16, layer_norm_eps=1e-12, max_position_embeddings=16,
    num_attention_heads=2, num_hidden_layers=2, type_vocab_size=2, vocab_size=16,
)
TINY_WORDS = (
    "[PAD] [UNK] [CLS] [SEP] how long is an in ##voice due ? parcel ##s sent morning"
).split()


class Bert:
    def __init__(self, folder, most_tokens):
        self.config = json.loads((folder / "config.json").read_text())
        self.weights = load_file(folder / "model.safetensors")
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(min(most_tokens, self.config["max_position_embeddings"]))

    def linear(self, x, name):
        return x @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def norm(self, x, name):
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + self.config["layer_norm_eps"])
        return x * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def attend(self, x, layer):
        tokens, width = x.shape
        heads = self.config["num_attention_heads"]
        query, key, value = (
            self.linear(x, f"{layer}.attention.self.{part}").reshape(tokens, heads, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = np.exp(query @ key.transpose(0, 2, 1) / math.sqrt(width // heads))
        seen = (scores / scores.sum(-1, keepdims=True)) @ value
        seen = seen.transpose(1, 0, 2).reshape(tokens, width)
        return self.norm(x + self.linear(seen, f"{layer}.attention.output.dense"), f"{layer}.attention.output.LayerNorm")

    def embed(self, text):
        ids = self.tokenizer.encode(text).ids
        tables = [self.weights[f"embeddings.{name}_embeddings.weight"].astype("f8") for name in ("word", "position", "token_type")]
        x = self.norm(tables[0][ids] + tables[1][: len(ids)] + tables[2][0], "embeddings.LayerNorm")
        for place in range(self.config["num_hidden_layers"]):
            layer = f"encoder.layer.{place}"
            x = self.attend(x, layer)
            inner = self.linear(x, f"{layer}.intermediate.dense")
            inner = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
            x = self.norm(x + self.linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        mean = x.mean(0)
        return [round(float(number), 6) for number in mean / np.linalg.norm(mean)]


def make_tiny(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(TINY, indent=2) + "\n")
    words = {word: place for place, word in enumerate(TINY_WORDS)}
    BertWordPieceTokenizer(words, lowercase=True).save(str(folder / "tokenizer.json"))
    width, inner = TINY["hidden_size"], TINY["intermediate_size"]
    shapes = {
        "embeddings.word_embeddings.weight": (TINY["vocab_size"], width),
        "embeddings.position_embeddings.weight": (TINY["max_position_embeddings"], width),
        "embeddings.token_type_embeddings.weight": (TINY["type_vocab_size"], width),
        "embeddings.LayerNorm.weight": (width,),
        "embeddings.LayerNorm.bias": (width,),
    }
    for place in range(TINY["num_hidden_layers"]):
        layer = f"encoder.layer.{place}"
        for name, out, into in (
            *((f"attention.self.{part}", width, width) for part in ("query", "key", "value")),
            ("attention.output.dense", width, width),
            ("intermediate.dense", inner, width),
            ("output.dense", width, inner),
        ):
            shapes[f"{layer}.{name}.weight"] = (out, into)
            shapes[f"{layer}.{name}.bias"] = (out,)
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"{layer}.{name}.weight"] = shapes[f"{layer}.{name}.bias"] = (width,)
    chance = np.random.default_rng(384)
    # Norms near to none, so that texts come out far apart.
    weights = {
        name: chance.normal(float("Norm.weight" in name), 0.1 if "Norm" in name else 0.7, shape).astype("f4")
        for name, shape in shapes.items()
    }
    save_file(weights, folder / "model.safetensors")
    (folder / "model.safetensors").chmod(0o644)


def main():
    make_tiny(TESTS / "tiny")
    for name, folder in (("tiny", TESTS / "tiny"), ("minilm", pathlib.Path(sys.argv[1]))):
        model = Bert(folder, 256)
        lines = [json.dumps({"text": text, "vector": model.embed(text)}, ensure_ascii=False) for text in TEXTS]
        (TESTS / f"{name}.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


main()
