"""Several networks as one, whose result is the mean of theirs: where they err apart, their errors cancel in part."""

from pathlib import Path

import torch

from . import evaluate, weights
from .export import data_of
from .model import Model
from .network import INPUT, Network, network_of
from .problem import Problem


def mean(networks: list[Network]) -> Network:
    """One network of all layers of `networks`, each under its number, `1.hidden`, then their mean."""
    entries, tensors, results = [], {}, []
    for number, network in enumerate(networks, 1):
        own = {INPUT: INPUT} | {layer.name: f"{number}.{layer.name}" for layer in network.layers}
        for entry, sources in zip(network.entries(), network.sources):
            read = [own[source] for source in sources]
            origin = {"from": read if len(read) > 1 else read[0]} if read else {}
            entries.append(entry | {"name": own[entry["name"]]} | origin)
        tensors |= {f"{number}.{name}": tensor for name, tensor in network.tensors().items()}
        results.append(entries[-1]["name"])
    total = results[0]
    for number, result in enumerate(results[1:], 2):
        entries.append({"kind": "arithmetic", "name": f"sum.{number}", "function": "add", "from": [total, result]})
        total = f"sum.{number}"
    entries.append({"kind": "constant", "name": "share"})
    entries.append({"kind": "arithmetic", "name": "mean", "function": "multiply", "from": [total, "share"]})
    kind = next(networks[0].parameters()).dtype
    tensors["share.value"] = torch.full((1,), 1.0 / len(networks), dtype=kind)
    return network_of(entries, tensors, networks[0].shape, "mean")


def of_files(paths: list[Path]) -> tuple[Model, list[dict]]:
    """The mean of the models in weights files, and their descriptions; what they hear and give has to be the same."""
    read = [weights.read(path) for path in paths]
    (first, document), others = read[0], read[1:]
    for path, (_, other) in zip(paths[1:], others):
        for key in ("grid", "input", "output"):
            if other[key] != document[key]:
                raise Problem(f"{path}, {key}: found {other[key]}, expected that of {paths[0]}, {document[key]}")
    model = Model(first.grid, first.input, mean([one.network for one, _ in read]), first.output)
    return model, [one for _, one in read]


def write(paths: list[Path], data: Path, out: Path, name: str, title: str) -> dict:
    """Writes the mean of weights files to `out`, having measured it on the dev of the first; gives its description."""
    if len(paths) < 2:
        raise Problem(f"found {len(paths)} weights file, expected two or more")
    model, documents = of_files(paths)
    first = documents[0]["training"]
    dev = data_of(documents[0], paths[0]).measures(data, model.grid.rate)
    quality = {"dev": evaluate.described(dev, model), "note": documents[0]["quality"].get("note", "")}
    members = [{"name": one["name"], "training": one["training"], "quality": one["quality"]} for one in documents]
    shared = {key: first[key] for key in ("data", "split", "configuration") if key in first}
    training = shared | {"mean of": members}
    document = weights.description(model, name, title, training, quality, documents[0]["licence"])
    document |= {key: documents[0][key] for key in (weights.FILES,) if key in documents[0]}
    weights.write(model, document, out)
    return document
