"""What training makes small: magnitudes [..., bins], or parts of spectra, in the units of the network's input, sums over bins,
mean of frames."""

import torch

from .output import Output

FLOOR = 1e-3
ENOUGH = 1e-3  # of the mixture's power
SILENT = 1e-6  # the power of a sequence that says nothing


def estimated(results: torch.Tensor, output: Output, mixture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Estimates (accompaniment, voice): what `results` [..., sources * bins] take of the mixture, and what they leave."""
    voice = output.voice(results, mixture)
    return mixture - voice, voice


def discriminative(
    results: torch.Tensor, output: Output, mixture: torch.Tensor, accompaniment: torch.Tensor, voice: torch.Tensor,
    gamma: float,
) -> torch.Tensor:  # fmt: skip
    """Huang et al. (2014), equation 9: ``J = |v' - v|^2 - g |v' - m|^2 + |m' - m|^2 - g |m' - v|^2``."""
    estimated_accompaniment, estimated_voice = estimated(results, output, mixture)
    own = (estimated_voice - voice) ** 2 + (estimated_accompaniment - accompaniment) ** 2
    other = (estimated_voice - accompaniment) ** 2 + (estimated_accompaniment - voice) ** 2
    return (own - gamma * other).sum(-1).mean()


def divergence(results, output, mixture, accompaniment, voice, gamma):
    """Their equation 10: the generalised Kullback-Leibler divergence, less g times that from the other source.

    ``D(y, y') = y log(y / (y' + c) + c) - y + y' + c`` with c = 1e-3 where their code has it.
    """

    def of(truth, estimate):
        return truth * torch.log(truth / (estimate + FLOOR) + FLOOR) - truth + estimate + FLOOR

    estimated_accompaniment, estimated_voice = estimated(results, output, mixture)
    own = of(voice, estimated_voice) + of(accompaniment, estimated_accompaniment)
    other = of(accompaniment, estimated_voice) + of(voice, estimated_accompaniment)
    return (own - gamma * other).sum(-1).mean()


def absolute(results, output, mixture, accompaniment, voice, gamma):
    """Jansson et al. (2017): ``|mask z - v|``; gamma plays no part."""
    return (output.share(results) * mixture - voice).abs().sum(-1).mean()


def logarithmic(results, output, mixture, accompaniment, voice, gamma):
    """Stoller et al. (2018): squares of log1p of both sources, before any mask; gamma plays no part."""
    estimated_accompaniment, estimated_voice = results.chunk(2, dim=-1)
    own = (torch.log1p(estimated_voice) - torch.log1p(voice)) ** 2
    return (own + (torch.log1p(estimated_accompaniment) - torch.log1p(accompaniment)) ** 2).sum(-1).mean()


def entropy(results, output, mixture, accompaniment, voice, gamma):
    """Simpson et al. (2015): cross-entropy of the share with the ideal binary mask; gamma plays no part."""
    share = output.share(results).clamp(1e-6, 1 - 1e-6)
    ideal = (voice > accompaniment).to(share)
    return torch.nn.functional.binary_cross_entropy(share, ideal, reduction="none").sum(-1).mean()


def decibels(results, output, mixture, accompaniment, voice, gamma):
    """What is wrong with both estimates, in decibels of the mixture, of each sequence apart: soft ones count as loud ones.

    No less than -30 dB are asked for, in a sequence without a voice, for one. Gamma plays no part.
    """
    estimated_accompaniment, estimated_voice = estimated(results, output, mixture)
    wrong = (estimated_voice - voice) ** 2 + (estimated_accompaniment - accompaniment) ** 2
    wrong, whole = wrong.sum((-2, -1)), (mixture**2).sum((-2, -1))
    return 10.0 * torch.log10((wrong + ENOUGH * whole + SILENT) / (whole + SILENT)).mean()


LOSSES = {
    "decibels": decibels,
    "discriminative": discriminative,
    "divergence": divergence,
    "absolute": absolute,
    "logarithmic": logarithmic,
    "entropy": entropy,
}
