"""Separation quality as Huang et al. (2014) measure it: BSS-Eval v3, relative to the mixture, length-weighted."""

from dataclasses import asdict, dataclass

import numpy
import torch

from .batches import clip_of
from .bss import References
from .loss import LOSSES
from .mixing import plain
from .model import Model
from .problem import Problem
from .sources import Excerpt, Recording

METHOD = (
    "BSS-Eval v3 (equal to mir_eval.separation.bss_eval_sources, compute_permutation=False) of the whole resynthesised clip; "
    "sources mixed at equal energy per clip (0 dB); NSDR = SDR(estimate) - SDR(mixture); means weighted by length"
)


def middle(samples: numpy.ndarray) -> numpy.ndarray:
    """What is measured: the mean of both channels [2, n], or the one that there is."""
    return samples.mean(axis=0) if samples.ndim == 2 else samples


SILENT = 1e-8  # mean square: -80 dBFS


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


class Kept:
    """What of a clip does not change from one measurement to the next: sources, and the SDR of their mixture."""

    def __init__(self, clip: Excerpt | Recording, rate: int):
        accompaniment, voice = plain(*clip.read(rate))
        for name, source in (("accompaniment", accompaniment), ("voice", voice)):
            if not numpy.square(source, dtype=numpy.float64).mean() > SILENT:
                raise Problem(f"dev: {clip.name}: found a silent {name} in what is measured of it, expected sound in both")
        self.mixture = accompaniment + voice
        sources = numpy.stack([middle(voice), middle(accompaniment)]).astype(numpy.float64)
        self.references = References(sources)
        self.before = self.references.alone(middle(self.mixture).astype(numpy.float64))


def score(clip: Excerpt | Recording, model: Model, kept: dict | None = None) -> Score:
    """Separates one clip in the streaming convention and measures it; `kept` keeps what does not change."""
    known = (kept or {}).get(clip) or Kept(clip, model.grid.rate)
    if kept is not None:
        kept[clip] = known
    estimate = middle(model.voice(torch.from_numpy(known.mixture)).numpy())
    estimates = numpy.stack([estimate, middle(known.mixture) - estimate]).astype(numpy.float64)
    sdr, sir, sar = known.references.scores(estimates)
    figures = (float(x[source]) for source in (0, 1) for x in (sdr - known.before, sir, sar))
    return Score(clip.name, known.mixture.shape[-1], *figures)


def score_all(clips: list[Excerpt | Recording], model: Model, kept: dict | None = None) -> list[Score]:
    """Scores of all clips."""
    return [score(clip, model, kept) for clip in clips]


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
        clip = clip_of(*plain(*one.read(model.grid.rate)), model.grid, model.input, target=fit.target)
        results = model.results(clip.mixture).flatten(1)
        value = LOSSES[fit.loss](results, model.output, clip.mixture, clip.accompaniment, clip.voice, fit.gamma)
        total, count = total + float(value) * len(clip), count + len(clip)
    return total / count


def described(clips: list[Excerpt | Recording], model: Model) -> dict:
    """The means over `clips` as a weights file has them, with how many there were and how they were measured."""
    figures = {name: round(value, 3) for name, value in means(score_all(clips, model)).items()}
    return {"clips": len(clips), "method": METHOD, **figures}
