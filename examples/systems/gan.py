"""A GAN whose generator and critic attend among pixels, between convolutions.

Run it: python examples/systems/gan.py
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import relu
from torch.nn.utils.parametrizations import spectral_norm

from graphattn import datasets
from graphattn.nn import ImageAttention

NOISE = 16


def generator(attends: bool, channels: int = 32) -> nn.Sequential:
    """Returns a network from noise `[n, NOISE]` to images `[n, 1, 8, 8]`."""
    return nn.Sequential(
        nn.Linear(NOISE, 16 * channels),
        nn.Unflatten(1, (channels, 4, 4)),
        nn.GELU(),
        nn.Upsample(scale_factor=2),
        nn.Conv2d(channels, channels, 3, padding=1),
        nn.GELU(),
        ImageAttention(channels, 4) if attends else nn.Identity(),
        nn.Conv2d(channels, 1, 3, padding=1),
        nn.Sigmoid(),
    )


def critic(attends: bool, channels: int = 32) -> nn.Sequential:
    """Returns a network from images to a score, high for real ones."""
    return nn.Sequential(
        spectral_norm(nn.Conv2d(1, channels, 3, padding=1)),
        nn.LeakyReLU(0.2),
        ImageAttention(channels, 4) if attends else nn.Identity(),
        spectral_norm(nn.Conv2d(channels, channels, 3, padding=1, stride=2)),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        spectral_norm(nn.Linear(16 * channels, 1)),
    )


def distance(some: Tensor, others: Tensor) -> float:
    """Returns the Fréchet distance of two sets of images, as normal distributions."""
    one, other = some.flatten(1).double(), others.flatten(1).double()
    first, second = one.T.cov(), other.T.cov()
    # The trace of the product's root is the sum of the roots of its eigenvalues.
    roots = torch.linalg.eigvals(first @ second).real.clamp(min=0).sqrt().sum()
    apart = (one.mean(0) - other.mean(0)).square().sum()
    return float(apart + first.trace() + second.trace() - 2 * roots)


def train(maker: nn.Module, judge: nn.Module, images: Tensor, steps: int) -> None:
    """Trains both in place, in turns, by the hinge loss."""
    making = torch.optim.Adam(maker.parameters(), lr=5e-4, betas=(0.0, 0.9))
    judging = torch.optim.Adam(judge.parameters(), lr=1e-3, betas=(0.0, 0.9))
    for _ in range(steps):
        real = images[torch.randint(len(images), (64,))]
        fake = maker(torch.randn(64, NOISE))
        loss = relu(1 - judge(real)).mean() + relu(1 + judge(fake.detach())).mean()
        judging.zero_grad()
        loss.backward()
        judging.step()
        loss = -judge(fake).mean()
        making.zero_grad()
        loss.backward()
        making.step()


def main(steps: int = 1_500, seed: int = 0) -> dict[str, float]:
    """Returns how far made digits are from real ones, with and without attention.

    Args:
        steps: Of training.
        seed: Of parameters and noise.
    """
    data: Any = datasets.load("digits")
    images = torch.stack([item.x.view(1, 8, 8) for item in data])
    found = {"two halves of the real": distance(images[::2], images[1::2])}
    for name, attends in (("convolutions", False), ("with attention", True)):
        torch.manual_seed(seed)
        maker, judge = generator(attends), critic(attends)
        train(maker, judge, images, steps)
        with torch.no_grad():
            made = maker(torch.randn(len(images), NOISE))
        found[name] = distance(images, made)
    for name, far in found.items():
        print(f"{name:<22} Fréchet distance {far:.3f}")
    return found


if __name__ == "__main__":
    main()
