"""Weights that a phase starts from: the best of a run, or a weights file."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from . import checkpoint, weights
from .configuration import Configuration, configured
from .layers import Affine
from .narrower import narrowed
from .network import Network
from .problem import Problem
from .provenance import phases
from .unnormalised import unnormalised


def started(
    network: Network, configuration: Configuration, path: Path, heard: Callable[[], torch.Tensor] | None = None
) -> dict:
    """Puts the weights at `path` into `network`; gives the facts of how they came to be.

    A weights file has taken the standardisation into the layers behind it: it starts with one that changes nothing.
    The hop and the shape of the window may be others: magnitudes are relative to the window's sum. Layers may be called
    otherwise, as those of an import are, where they are alike in their order. Of a weights file whose convolutions have
    more channels those stay that matter most to frames like those that `heard` gives.
    """
    path = Path(path)
    if path.is_dir():
        state = checkpoint.load(path / "best.pt")
        found = configured(state["configuration"], str(path))
        _alike(configuration, found.grid, found.input, found.output, path)
        before = found.fitted(state["average"])
        if not _taken(network, before.tensors()):
            raise Problem(f"{path}: its network is another one: {found.network}, expected {configuration.network}")
        facts = {
            "name": found.name, "commit": state["origin"]["commit"], "epoch": state["epoch"], "epochs": found.fit.epochs,
            "seed": found.fit.seed, "seconds": round(state["seconds"], 1), "voice_gnsdr": round(state["best"], 3),
            "device": state["origin"]["device"], "phases": phases(found, state), "configuration": found.table(),
        }  # fmt: skip
        if "start" in state["origin"]:
            facts["start"] = state["origin"]["start"]
        return facts
    model, document = weights.read(path)
    _alike(configuration, model.grid, model.input, model.output, path)
    tensors = model.network.tensors()
    for layer in network.layers:
        if isinstance(layer, Affine) and f"{layer.name}.scale" not in tensors:
            tensors |= {f"{layer.name}.scale": torch.ones_like(layer.scale), f"{layer.name}.shift": torch.zeros_like(layer.shift)}
    fits = _taken(network, tensors) or _in_order(network, model.network)
    fits = fits or (heard is not None and narrowed(model.network, network, heard, configuration.fit.seed))
    if not fits:
        raise Problem(f"{path}: found the tensors {sorted(tensors)}, expected {sorted(network.tensors())}, of the same shapes")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    training = document["training"]
    before = training.get("phases") or [f"{document['name']}, at commit {training.get('commit', 'unknown')}"]
    return {
        "name": document["name"], "sha256": digest, "phases": before, "training": training, "licence": document["licence"],
    }  # fmt: skip


def _taken(network: Network, tensors: dict[str, torch.Tensor]) -> bool:
    """Copies weights into `network`, if they fit it; those of one channel fit a network of mid and side, too.

    It hears mid with them and gives side the mask that mid has: where a tensor has twice as many results they are
    doubled, and weights for twice as many inputs are 0 for the second half.
    """
    own = network.tensors()
    if tensors.keys() != own.keys():
        return False
    for name, tensor in own.items():
        found = tensors[name]
        if found.shape != tensor.shape and found.dim() and 2 * found.shape[0] == tensor.shape[0]:
            found = torch.cat([found, found])
        if found.shape != tensor.shape and found.dim() > 1 and 2 * found.shape[1] == tensor.shape[1]:
            found = torch.cat([found, torch.zeros_like(found)], 1)
        if found.shape != tensor.shape:
            return False
        with torch.no_grad():
            tensor.copy_(found)
    return True


def _in_order(network: Network, found: Network) -> bool:
    """Copies the weights of `found` layer by layer, its normalisations by batches folded, if all are of the same shapes."""
    own, tensors = list(network.tensors().values()), list(unnormalised(found).values())
    if [one.shape for one in own] != [one.shape for one in tensors]:
        return False
    for tensor, one in zip(own, tensors):
        tensor.copy_(one)
    return True


def _alike(configuration: Configuration, grid, input, output, path: Path):
    bins = f"{grid.rate} Hz over a window of {grid.window}"
    if bins != (expected := f"{configuration.grid.rate} Hz over a window of {configuration.grid.window}"):
        raise Problem(f"{path}, grid: found {bins}, expected {expected}")
    for name, found in (("input", input), ("output", output)):
        expected = getattr(configuration, name)
        if name == "input" and configuration.input.rows > 1:
            expected = replace(expected, feature=found.feature)
        if found != expected:
            raise Problem(f"{path}, {name}: found {found}, expected {expected}")
