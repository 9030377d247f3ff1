"""Reads every named dataset whose files are at hand, and counts what it holds.

Run it: GRAPHATTN_DATA=... python benchmarks/catalogue.py [NAME ...]

Prints a table: the folder of the files, how long `load` took, the counts, and whether
they are those on the card.
"""

import sys
import time

from measure import table

from graphattn.datasets import card, load, names
from graphattn.datasets.files import MissingFiles, locate
from graphattn.datasets.statistics import statistics


def row(name: str) -> tuple[str, ...]:
    """Returns the cells of one dataset."""
    found = card(name)
    try:
        folders = {path.parent.name for path in locate(found).values()}
    except MissingFiles:
        return (name, "-", "-", "not at hand", "-")
    begin = time.perf_counter()
    data = load(name)
    seconds = time.perf_counter() - begin
    counts = statistics(data, list(found.statistics))
    shown = ", ".join(f"{count} {what}" for what, count in counts.items())
    same = counts == {k: v for k, v in found.statistics.items() if k in counts}
    where = ", ".join(sorted(folders)) or "a package"
    return (name, where, f"{seconds:.1f}", shown, "yes" if same else "NO")


def main() -> None:
    rows = []
    for name in sys.argv[1:] or names():
        rows.append(row(name))
        print(*rows[-1], sep=" | ", flush=True)
    print(table(("dataset", "folder", "seconds", "counts", "as the card"), rows))


if __name__ == "__main__":
    main()
