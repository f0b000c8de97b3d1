"""The same weights otherwise arranged: on another hop, or with layers that run at other frames."""

from pathlib import Path

import torch

from . import evaluate, weights
from .configuration import changed, configured
from .export import data_of
from .model import Model
from .network import Network
from .problem import Problem


def arranged(path: Path, changes: list[str]) -> tuple[Model, dict]:
    """The model at `path` with `table.key=value` of its configuration changed, and its description.

    Weights are stored as they were; nothing of how they were trained changes.
    """
    found, document = weights.read(path)
    training = document["training"]
    if "configuration" not in training:
        raise Problem(f"{path}, training: found no configuration, expected that of a network that was trained here")
    changes = [*training.get("arranged", []), *changes]
    configuration = configured(changed(training["configuration"], changes), str(path))
    if _shapes(configuration.built()) != _shapes(found.network):
        raise Problem(f"{path}: its tensors are those of another network than {configuration.network}")
    model = Model(configuration.grid, configuration.input, found.network, configuration.output)
    model = weights.rearranged(model, configuration.network)
    kept = {entry["name"]: entry["weights"] for entry in document["layers"] if "weights" in entry}
    for layer in model.network.layers:
        if layer.name in kept:
            layer.weights = kept[layer.name]
    description = weights.description(
        model, document["name"], document["title"], training | {"arranged": changes}, document["quality"], document["licence"],
        configuration.network,
    )  # fmt: skip
    return model, description


def _shapes(network: Network) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in network.tensors().items()}


def write(path: Path, changes: list[str], data: Path, out: Path, name: str | None, title: str | None) -> dict:
    """Writes the file to `out`, measured on its dev, under another name where one is given; gives its description."""
    model, document = arranged(path, changes)
    dev = data_of(document, path).measures(data, model.grid.rate)
    document["quality"] = document["quality"] | {"dev": evaluate.described(dev, model)}
    document |= {key: value for key, value in (("name", name), ("title", title)) if value}
    weights.write(model, document, out)
    return document
