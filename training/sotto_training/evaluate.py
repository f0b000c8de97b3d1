"""Separation quality as Huang et al. (2014) measure it: BSS-Eval v3, relative to the mixture, length-weighted."""

import warnings
from dataclasses import asdict, dataclass

import mir_eval
import numpy
import torch

from .batches import clip_of
from .loss import LOSSES
from .mixing import plain
from .model import Model
from .sources import Excerpt, Recording

METHOD = (
    "BSS-Eval v3 (mir_eval.separation.bss_eval_sources, compute_permutation=False) of the whole resynthesised clip; "
    "sources mixed at equal energy per clip (0 dB); NSDR = SDR(estimate) - SDR(mixture); means weighted by length"
)

SILENT = -100.0


@dataclass(frozen=True)
class Score:
    """Decibels of one clip, voice then accompaniment, and its weight, its length in samples."""

    clip: str
    samples: int
    voice_nsdr: float
    voice_sir: float
    voice_sar: float
    accompaniment_nsdr: float
    accompaniment_sir: float
    accompaniment_sar: float


def bss(reference: numpy.ndarray, estimate: numpy.ndarray) -> tuple[numpy.ndarray, ...]:
    """SDR, SIR, SAR [sources] of estimates against references, both [sources, n], in this order.

    Silence, for which they are not defined, counts as `SILENT` dB: a network may begin, or end, by giving nothing.
    """
    if not estimate.any(axis=-1).all():
        return (numpy.full(len(reference), SILENT),) * 3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return mir_eval.separation.bss_eval_sources(reference, estimate, compute_permutation=False)[:3]


def score(clip: Excerpt | Recording, model: Model, mixture_sdr: dict | None = None) -> Score:
    """Separates one clip in the streaming convention and measures it. `mixture_sdr` keeps what does not change."""
    accompaniment, voice = plain(*clip.read(model.grid.rate))
    mixture = accompaniment + voice
    estimate = model.voice(torch.from_numpy(mixture)).numpy()
    reference = numpy.stack([voice, accompaniment]).astype(numpy.float64)
    cache = {} if mixture_sdr is None else mixture_sdr
    if clip not in cache:
        cache[clip] = [bss(source[None], mixture[None].astype(numpy.float64))[0][0] for source in reference]
    sdr, sir, sar = bss(reference, numpy.stack([estimate, mixture - estimate]).astype(numpy.float64))
    nsdr = sdr - numpy.array(cache[clip])
    return Score(clip.name, len(mixture), *(float(x[source]) for source in (0, 1) for x in (nsdr, sir, sar)))


def score_all(clips: list[Excerpt | Recording], model: Model, mixture_sdr: dict | None = None) -> list[Score]:
    """Scores of all clips."""
    return [score(clip, model, mixture_sdr) for clip in clips]


def means(scores: list[Score]) -> dict[str, float]:
    """GNSDR, GSIR and GSAR of voice and accompaniment: means weighted by the clips' lengths."""
    weights = numpy.array([entry.samples for entry in scores], dtype=numpy.float64)
    figures = {}
    for name in list(asdict(scores[0]))[2:]:
        values = numpy.array([getattr(entry, name) for entry in scores])
        source, kind = name.split("_")
        figures[f"{source}_g{kind}"] = float((weights * values).sum() / weights.sum())
    return figures


def dev_loss(clips: list[Excerpt | Recording], model: Model, fit) -> float:
    """The loss of `fit` on unvaried mixtures, mean over all frames, level tracked from each start."""
    total, count = 0.0, 0
    for one in clips:
        clip = clip_of(*plain(*one.read(model.grid.rate)), model.grid, model.input)
        results = model.results(clip.mixture).flatten(1)
        value = LOSSES[fit.loss](results, model.output, clip.mixture, clip.accompaniment, clip.voice, fit.gamma)
        total, count = total + float(value) * len(clip), count + len(clip)
    return total / count
