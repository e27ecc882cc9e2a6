#!/usr/bin/env python3
"""Writes terms.csv: 400 entries of the Jargon File, taken from Debian's package dict-jargon.

    apt-get download dict-jargon && dpkg -x dict-jargon_*.deb unpacked
    python3 make_terms.py unpacked/usr/share/dictd > terms.csv

The choice is the same every time: of the entries of a readable length, 400 evenly spread over the alphabet.
"""

import csv
import gzip
import re
import sys
from pathlib import Path

WANTED = 400
SHORTEST, LONGEST = 120, 1200
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
# Examples are read over shoulders and in talks; the cruder half of hacker slang stays out.
NOT_IN_AN_EXAMPLE = re.compile(
    r"fuck|shit|\bass(hole)?\b|\bsex|penis|crap|damn|bitch|whore|\bcunt|piss|rape|nazi|drunk|drug|hell\b"
    r"|suicid|masturb|orgas|genital|turd|fart|bondage|porn|retard|negro|racis|\bcock|\bdick\b|condom|breast|playboy|\bpee\b|urin|naked|girl",
    re.IGNORECASE,
)


def number(digits):
    value = 0
    for digit in digits:
        value = value * 64 + DIGITS.index(digit)
    return value


def entries(folder):
    """Yields (headword, text) of every entry, by the offsets of dictd's index."""
    with gzip.open(folder / "jargon.dict.dz") as file:
        book = file.read()
    for line in (folder / "jargon.index").read_text(encoding="utf-8").splitlines():
        _, offset, length = line.split("\t")[:3]
        start = number(offset)
        text = book[start : start + number(length)].decode("utf-8")
        headword, _, rest = text.partition("\n")
        yield headword.strip(), rest


def record(headword, rest):
    """Splits an entry into its parts; None where it has not the usual form."""
    grammar, blank, body = rest.partition("\n\n")
    if not blank or "\n" in grammar.strip():
        return None
    # The bodies close with the letter heading that follows them in the book, and with rows of links.
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", body)]
    definition = "\n".join(p for p in paragraphs if len(p) > 1)
    definition = re.sub(r"\{\s*([^}]*?)\s*\}", r"\1", definition)
    if not SHORTEST <= len(definition) <= LONGEST or NOT_IN_AN_EXAMPLE.search(headword + definition):
        return None
    return {"term": headword, "definition": definition}


def main():
    found = {}
    for headword, rest in entries(Path(sys.argv[1])):
        slug = re.sub(r"[^a-z0-9]+", "-", headword.lower()).strip("-")
        parts = record(headword, rest)
        if slug and parts and not headword.startswith("00-") and slug not in found:
            found[slug] = {"id": slug, **parts}
    terms = [found[slug] for slug in sorted(found)]
    chosen = [terms[i * len(terms) // WANTED] for i in range(WANTED)]
    table = csv.DictWriter(sys.stdout, ["id", "term", "definition"], lineterminator="\n")
    table.writeheader()
    table.writerows(chosen)


if __name__ == "__main__":
    main()
