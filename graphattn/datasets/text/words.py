"""Lines of text files, their words, and the vocabulary of the part that trains."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from graphattn.datasets.errors import check
from graphattn.datasets.sequences import UNKNOWN
from graphattn.datasets.texts import read_text

_CALLER = "datasets.load"

Cut = Literal["blanks", "words", "characters"]
"""Into what is between blanks, into runs of letters and single signs, or into each
character."""

_CUTS = {
    "blanks": str.split,
    "words": re.compile(r"\w+|[^\w\s]").findall,
    "characters": list,
}


def cut(lines: Iterable[str], how: Cut, lower: bool) -> list[list[str]]:
    """Cuts lines into tokens.

    Args:
        lines: One text each.
        how: Into what.
        lower: Whether upper and lower case are one.

    Raises:
        DataError: `how` is none of `Cut`.
    """
    rule = f"tokens must be one of {list(_CUTS)}"
    check(how in _CUTS, _CALLER, rule, {"tokens": how})
    return [_CUTS[how](line.lower() if lower else line) for line in lines]


def vocabulary(
    sentences: Iterable[Sequence[str]],
    min_count: int = 1,
    special: Sequence[str] = (UNKNOWN,),
) -> tuple[str, ...]:
    """Returns the tokens, the frequent ones first, and of equals in order of the code.

    Args:
        sentences: What to learn the vocabulary on.
        min_count: Rarer tokens are left out.
        special: Tokens that come before all others; id 0 is what is unknown.

    Raises:
        DataError: `min_count` is less than 1.
    """
    rule = "min_count must be at least 1"
    check(min_count >= 1, _CALLER, rule, {"min_count": min_count})
    counts = Counter(token for sentence in sentences for token in sentence)
    kept = [token for token, count in counts.items() if count >= min_count]
    kept = [token for token in kept if token not in special]
    return (*special, *sorted(kept, key=lambda token: (-counts[token], token)))


def lines_of(path: Path, encoding: str | None = None) -> list[str]:
    """Returns the lines of a text file, without blanks around them.

    Args:
        path: The file, which may be compressed.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: The file is missing, empty or no text.
    """
    text = read_text(path, encoding).replace("\r\n", "\n").replace("\r", "\n")
    # Not splitlines(), which also cuts at form feeds and Unicode's separators.
    return [line.strip() for line in text.removesuffix("\n").split("\n")]


def as_parts(files: Path | Mapping[str, Path]) -> dict[str, Path]:
    """Returns the file of each part of the data; one file alone is of no part.

    Args:
        files: One file, or those of "train", "val" and "test".

    Raises:
        DataError: A part has another name, or there is none.
    """
    if isinstance(files, Path):
        return {"": files}
    known = ("train", "val", "test")
    rule = f"the parts of a dataset are {list(known)}"
    whole = bool(files) and set(files) <= set(known)
    check(whole, _CALLER, rule, {"parts": list(files)})
    return {part: files[part] for part in known if part in files}


def training(parts: Sequence[str]) -> list[int]:
    """Returns which items train; all, where nothing says so.

    Args:
        parts: Of each item.
    """
    chosen = [index for index, part in enumerate(parts) if part == "train"]
    return chosen or list(range(len(parts)))
