"""Lightning without its chatter: its log lines, and one warning it causes in torch."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_LOGGER = logging.getLogger("lightning.pytorch")


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Keeps Lightning's notes about devices and limits off the terminal.

    Its warnings still come through, but for one: Lightning asks torch for `LeafSpec`,
    a name that torch 2.13 deprecates.
    """
    level = _LOGGER.level
    _LOGGER.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*LeafSpec.*", FutureWarning)
            yield
    finally:
        _LOGGER.setLevel(level)
