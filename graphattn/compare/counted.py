"""Numbers of things, in words."""


def counted(count: float, thing: str) -> str:
    """Returns ``"1 epoch"``, ``"2 epochs"``, ``"1,500 steps"``.

    Args:
        count: How many.
        thing: One of them, a word that takes an s.
    """
    number = f"{count:,}".removesuffix(".0")
    return f"{number} {thing}" if count == 1 else f"{number} {thing}s"
