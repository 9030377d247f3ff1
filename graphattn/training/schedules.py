"""How the learning rate moves while a model is trained."""

import math
from collections.abc import Callable

# From the share of the training after the warm-up to a factor on the rate.
SCHEDULES: dict[str, Callable[[float], float]] = {
    "cosine": lambda done: 0.5 * (1 + math.cos(math.pi * done)),
    "linear": lambda done: 1.0 - done,
    "constant": lambda done: 1.0,
}


def warmed_up(step: int, steps: int, warm_up: float, schedule: str = "cosine") -> float:
    """Returns the factor on the learning rate: up to 1 in a line, then as scheduled.

    Args:
        step: The current step, from 0.
        steps: How many there will be.
        warm_up: Share of them over which the factor rises.
        schedule: A key of `SCHEDULES`.
    """
    rising = max(1, round(warm_up * steps))
    if step < rising:
        return (step + 1) / rising
    return SCHEDULES[schedule](min(1.0, (step - rising) / max(1, steps - rising)))
