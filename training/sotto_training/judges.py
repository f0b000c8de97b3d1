"""Networks that judge spectra while training, made of the same layers; nothing of them is exported."""

import torch

from .adversarial import Adversarial, Critics
from .layers import Affine, Convolution, Dense, Reshape, Slice
from .network import Network
from .problem import Problem

SLOPE = 0.2


def discriminator(adversarial: Adversarial, bins: int) -> Network:
    """SVSGAN's: [voice | accompaniment | mixture] of a frame to a number, the logarithm of the odds that it is real."""
    layers = [Affine("standard")]
    for number, width in enumerate(adversarial.hidden, 1):
        layers.append(Dense(f"hidden.{number}", width, activation=adversarial.activation))
    return Network([*layers, Dense("output", 1)], (3 * bins,))


def critic(critics: Critics, frames: int, bins: int) -> Network:
    """Stoller's: log1p of a source's magnitudes [frames, bins] to a number; what does not divide is left out at the end."""
    levels = len(critics.channels)
    high, wide = frames >> levels << levels, bins >> (levels + 2) << (levels + 2)
    if not high or not wide:
        raise Problem(
            f"critics.channels: found {levels} levels for {frames} frames (fit.sequence) of {bins} bins, "
            f"expected at least {2**levels} frames of {2 ** (levels + 2)} bins"
        )
    layers = [Slice("frames", 0, 0, high), Slice("bins", 1, 0, wide), Reshape("patch", [1, high, wide])]
    for number, width in enumerate(critics.channels, 1):
        layers.append(
            Convolution(f"half.{number}", width, (4, 4), [2, 2], padding=[1, 1, 1, 1], activation="leaky-relu", slope=SLOPE)
        )
    for number in (1, 2):
        layers.append(
            Convolution(
                f"bins.{number}", critics.channels[-1], (2, 4), [1, 2], padding=[0, 1, 1, 1], activation="leaky-relu",
                slope=SLOPE,
            )
        )  # fmt: skip
    return Network(
        [
            *layers,
            Reshape("flat", [-1]),
            Dense("hidden", critics.hidden, activation="leaky-relu", slope=SLOPE),
            Dense("output", 1, biased=False),
        ],
        (frames, bins),
    )


def penalty(judge: Network, real: torch.Tensor, fake: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Mean of max(|gradient| - 1, 0) squared, of the judge at random places between `real` and `fake`.

    Both are [rows, frames, ...]; each frame is judged by itself. Gulrajani et al. (2017), one-sided as Stoller has it.
    """
    rows = torch.rand(real.shape[:2], generator=generator, device=generator.device).to(real.device)
    rows = rows.reshape(*real.shape[:2], *[1] * (real.dim() - 2))
    between = (rows * real + (1 - rows) * fake).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(judge(between).sum(), between, create_graph=True)
    size = (gradient.flatten(2) ** 2).sum(-1).add(1e-12).sqrt()
    return ((size - 1).clamp_min(0) ** 2).mean()
