"""The names nearest to one that was not found, for error messages."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Returns up to three of `names` that resemble `name`, upper and lower case alike.

    Args:
        name: What was asked for.
        names: What exists.
    """
    by_lower: dict[str, str] = {}
    for known in names:
        by_lower.setdefault(known.lower(), known)
    found = get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)
    return [by_lower[match] for match in found]
