"""On from one network's weights through another's, that were trained on from them: what training changed, and more of it.

Ilharco et al. (2023), *Editing models with task arithmetic*: differences of weights can be scaled.
"""

from pathlib import Path

import torch

from . import evaluate, weights
from .export import data_of
from .network import Network
from .problem import Problem
from .unnormalised import unnormalised


def further(start: Network, network: Network, times: float):
    """Moves the weights of `network` to `times` the way from those of `start`, layer by layer in their order."""
    before, after = list(unnormalised(start).values()), network.tensors()
    if [one.shape for one in before] != [one.shape for one in after.values()]:
        raise Problem("found weights of other shapes than those that it began with")
    with torch.no_grad():
        for old, new in zip(before, after.values()):
            new.copy_(old + (new - old) * times)


def write(start: Path, path: Path, times: float, data: Path, out: Path) -> dict:
    """Writes the model at `path`, `times` as far from that at `start`, measured on its dev; gives its description."""
    (before, _), (model, document) = weights.read(start), weights.read(path)
    try:
        further(before.network, model.network, times)
    except Problem as problem:
        raise Problem(f"{path}: {problem}, {start}") from None
    was = document["quality"].get("dev", {})
    dev = data_of(document, path).measures(data, model.grid.rate)
    quality = document["quality"] | {"dev": evaluate.described(dev, model)}
    training = document["training"] | {"further": {"times": times, "dev before": was}}
    document = document | {"quality": quality, "training": training}
    weights.write(model, document, out)
    return document
