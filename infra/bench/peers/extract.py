"""What trafilatura or readability make of the same pages, and the CPU time it takes, as `bench extract --peer` reads it.

pip install trafilatura==2.3.1 readability-lxml==0.8.4.1 lxml_html_clean
python infra/bench/peers/extract.py PAGES OUT [ROUNDS] [trafilatura|readability]
"""

import gzip
import json
import sys
import time
from pathlib import Path


def trafilatura(page: str) -> str:
    from trafilatura import extract

    return extract(page, include_comments=False) or ""


def readability(page: str) -> str:
    from lxml.html import fromstring
    from readability import Document

    return fromstring(Document(page).summary()).text_content()


def main(pages: Path, out: Path, rounds: int, read) -> None:
    found = {}
    for path in sorted(pages.iterdir()):
        name = path.name.removesuffix(".gz")
        if not name.endswith(".html"):
            continue
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf8", errors="replace") as file:
            page = file.read()
        fastest = float("inf")
        for _ in range(rounds):
            begin = time.thread_time()
            text = read(page)
            fastest = min(fastest, time.thread_time() - begin)
        found[name.removesuffix(".html")] = {"articleBody": text or "", "ms": fastest * 1000}
    out.write_text(json.dumps(found), encoding="utf8")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    readers = {"trafilatura": trafilatura, "readability": readability}
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    main(Path(sys.argv[1]), Path(sys.argv[2]), rounds, readers[sys.argv[4] if len(sys.argv) > 4 else "trafilatura"])
