"""Choosing smaller weights: by what the clips of dev lose."""

from dataclasses import replace

import torch

from . import evaluate
from .batches import clip_of
from .mixing import plain
from .model import Model
from .precision import rounded, storable
from .sources import Excerpt, Recording

STORED = ("single", "half", "integer", "auto")
LOSS = 0.05  # dB of voice GNSDR on dev that smaller weights may cost


def smaller(model: Model, dev: list[Excerpt | Recording], stored: str) -> tuple[Model, dict]:
    """The model with its weights stored as asked, and what that cost; nothing is said where nothing was done.

    `auto`: layers become integers one after the other, those first whose rounding changes the masked magnitudes least,
    and stay so while the voice GNSDR on dev is within `LOSS` of single precision; the others become halves.
    """
    if stored == "single":
        return model, {}
    before = _gnsdr(model, dev)
    kind = "half" if stored == "auto" else stored
    kinds = dict.fromkeys(storable(model.network, kind), kind)
    integers = storable(model.network, "integer") if stored == "auto" else []
    noise = {name: _noise(model, _with(model, {name: "integer"}), dev) for name in integers}
    for name in sorted(noise, key=noise.get):
        tried = {**kinds, name: "integer"}
        if before - _gnsdr(_with(model, tried), dev) < LOSS:
            kinds = tried
    found = _with(model, kinds)
    cost = {
        "stored": kinds,
        "voice_gnsdr in single precision": round(before, 3),
        "lost": round(before - _gnsdr(found, dev), 3),
        "chosen by": f"voice GNSDR on dev, at most {LOSS} dB lost" if stored == "auto" else "the command",
    }
    if noise:
        cost["signal to noise as integers"] = {name: round(-value, 1) for name, value in noise.items()}
    return found, cost


def _with(model: Model, kinds: dict[str, str]) -> Model:
    return replace(model, network=rounded(model.network, kinds))


def _gnsdr(model: Model, dev: list[Excerpt | Recording]) -> float:
    return evaluate.means(evaluate.score_all(dev, model))["voice_gnsdr"]


def _noise(model: Model, other: Model, dev: list[Excerpt | Recording]) -> float:
    """Decibels by which the difference of the masked magnitudes lies above the magnitudes themselves: below 0."""
    signal = noise = 0.0
    for clip in dev:
        mixture = clip_of(*plain(*clip.read(model.grid.rate)), model.grid, model.input).mixture
        shares = [one.output.share(one.results(mixture).flatten(1)) * mixture for one in (model, other)]
        signal += float((shares[0].double() ** 2).sum())
        noise += float(((shares[1] - shares[0]).double() ** 2).sum())
    return 10 * float(torch.log10(torch.tensor(noise / signal)))
