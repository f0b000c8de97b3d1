"""The discriminative objective of Huang et al. (2014), equation 9, on masked magnitudes."""

import torch

from .network import EPSILON


def masked(outputs: torch.Tensor, mixture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Estimates (accompaniment, voice), both [frames, bins]: the soft masks on the mixture's magnitudes.

    Unlike at run time, where the accompaniment is what the voice leaves, both masks are formed here as the paper
    does; they differ by the 1e-10 in the denominator.
    """
    accompaniment, voice = outputs.abs().chunk(2, dim=-1)
    total = accompaniment + voice + EPSILON
    return accompaniment / total * mixture, voice / total * mixture


def discriminative(
    outputs: torch.Tensor, mixture: torch.Tensor, accompaniment: torch.Tensor, voice: torch.Tensor, gamma: float
) -> torch.Tensor:
    """``J = |v' - v|^2 - g |v' - m|^2 + |m' - m|^2 - g |m' - v|^2``, summed over bins, mean over frames.

    All magnitudes [frames, bins] in the units of the network's input; v', m' are the masked estimates.
    """
    estimated_accompaniment, estimated_voice = masked(outputs, mixture)
    own = (estimated_voice - voice) ** 2 + (estimated_accompaniment - accompaniment) ** 2
    other = (estimated_voice - accompaniment) ** 2 + (estimated_accompaniment - voice) ** 2
    return (own - gamma * other).sum(-1).mean()
