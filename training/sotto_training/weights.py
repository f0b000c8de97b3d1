"""One `.safetensors` file a model: tensors `NAME.weight` and `NAME.bias`, and all the rest as JSON in its metadata.

The metadata has one key, `sotto`, whose value is one JSON document; `description` below makes it.
"""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from .features import Input
from .grid import Grid
from .model import Model
from .network import Dense, Network
from .problem import Problem
from .strict import build

FORMAT = 1
OUTPUT = {
    "kind": "two-source-magnitudes",
    "sources": ["accompaniment", "voice"],
    "mask": "soft",
    "exponent": 1.0,
}
KEYS = {"format", "name", "title", "grid", "input", "layers", "output", "training", "quality", "licence"}


def description(model: Model, name: str, title: str, training: dict, quality: dict, licence: dict) -> dict:
    """Everything about a model but its numbers."""
    return {
        "format": FORMAT,
        "name": name,
        "title": title,
        "grid": asdict(model.grid),
        "input": asdict(model.input),
        "layers": [{"kind": "dense", **asdict(layer)} for layer in model.network.layers],
        "output": OUTPUT,
        "training": training,
        "quality": quality,
        "licence": licence,
    }


def write(model: Model, document: dict, path: Path):
    """Writes the file; the network's standardisation is folded into its first layer."""
    network = model.network.folded().to("cpu")
    tensors = {}
    for layer, dense in zip(network.layers, network.dense):
        tensors[f"{layer.name}.weight"] = dense.weight.detach().float().contiguous()
        tensors[f"{layer.name}.bias"] = dense.bias.detach().float().contiguous()
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise Problem(f"{path}, {name}: holds values that are not finite; not written")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(save(tensors, metadata={"sotto": json.dumps(document, ensure_ascii=False)}))


def read(path: Path) -> tuple[Model, dict]:
    """The model in a file and its description."""
    if not Path(path).is_file():
        raise Problem(f"{path}: not found; expected a weights file")
    try:
        with safe_open(str(path), framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        document = json.loads(metadata["sotto"])
    except KeyError:
        raise Problem(f"{path}, __metadata__: key 'sotto' is missing") from None
    except (SafetensorError, json.JSONDecodeError) as error:
        raise Problem(f"{path}: not a weights file of Sotto: {error}") from error
    if document.get("format") != FORMAT:
        raise Problem(f"{path}, format: found {document.get('format')!r}, expected {FORMAT}")
    if set(document) != KEYS:
        raise Problem(f"{path}: found the keys {sorted(document)}, expected {sorted(KEYS)}")
    if document["output"] != OUTPUT:
        raise Problem(f"{path}, output: found {document['output']}, expected {OUTPUT}")
    grid = build(Grid, document["grid"], f"{path}, grid")
    input = build(Input, document["input"], f"{path}, input")
    layers = []
    for number, table in enumerate(document["layers"]):
        where = f"{path}, layers[{number}]"
        if table.get("kind") != "dense":
            raise Problem(f"{where}, kind: found {table.get('kind')!r}, expected 'dense'")
        layers.append(build(Dense, {key: value for key, value in table.items() if key != "kind"}, where))
    return Model(grid, input, _network(layers, tensors, grid, input, path)), document


def _network(layers: list[Dense], tensors: dict, grid: Grid, input: Input, path: Path) -> Network:
    network = Network(layers)
    expected = {}
    for layer, dense in zip(layers, network.dense):
        expected[f"{layer.name}.weight"], expected[f"{layer.name}.bias"] = dense.weight, dense.bias
    if set(expected) != set(tensors):
        raise Problem(f"{path}: found the tensors {sorted(tensors)}, expected {sorted(expected)}")
    ends = (layers[0].inputs, layers[-1].outputs)
    if ends != (grid.bins * input.context.frames, 2 * grid.bins):
        raise Problem(f"{path}, layers: found {ends[0]} inputs and {ends[1]} outputs, which the grid does not give")
    with torch.no_grad():
        for name, parameter in expected.items():
            found = tensors[name]
            if found.dtype != torch.float32 or found.shape != parameter.shape:
                raise Problem(
                    f"{path}, {name}: found {found.dtype} {list(found.shape)}, "
                    f"expected torch.float32 {list(parameter.shape)}"
                )
            if not torch.isfinite(found).all():
                raise Problem(f"{path}, {name}: holds values that are not finite")
            parameter.copy_(found)
    return network.eval()
