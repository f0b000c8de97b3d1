"""One `.safetensors` file a model: tensors `LAYER.NAME`, and all the rest as JSON in its metadata.

The metadata has one key, `sotto`, whose value is one JSON document; `description` below makes it.
"""

import json
from dataclasses import asdict, replace
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as packed

from .architectures.architecture import Architecture
from .features import Input
from .grid import Grid
from .model import Model
from .network import network_of
from .output import output_of
from .precision import restored, stored
from .problem import Problem
from .strict import build

FORMAT = 2
KEYS = {"format", "name", "title", "grid", "input", "layers", "output", "training", "quality", "licence"}
FILES = "files"  # a key that need not be there


def description(
    model: Model, name: str, title: str, training: dict, quality: dict, licence: dict, architecture: Architecture | None = None
) -> dict:  # fmt: skip
    """Everything about a model but its numbers; a network that is exported is folded first.

    With its `architecture` it has the arrangement for recordings, too, where there is one.
    """
    files = architecture and architecture.for_files()
    return {
        "format": FORMAT,
        "name": name,
        "title": title,
        "grid": asdict(model.grid),
        "input": model.input.table(),
        "layers": model.network.entries(),
        "output": model.output.table(),
        "training": training,
        "quality": quality,
        "licence": licence,
        **({FILES: _arranged(files, model)} if files else {}),
    }


def rearranged(model: Model, architecture: Architecture) -> Model:
    """The same weights in the layers of another arrangement."""
    output = replace(model.output, delay=architecture.delay)
    network, own = architecture.network(model.input, model.grid, output).eval(), model.network.tensors()
    for name, tensor in network.tensors().items():
        tensor.copy_(own[name])
    return Model(model.grid, model.input, network, output)


def _arranged(architecture: Architecture, model: Model) -> dict:
    other = rearranged(model, architecture)
    return {"layers": other.network.entries(), "delay": other.output.delay}


def write(model: Model, document: dict, path: Path):
    """Writes the file of a model that `document` describes; what is arranged for recordings has its weights as they are stored."""
    kept = {entry["name"]: entry["weights"] for entry in document["layers"] if "weights" in entry}
    for entry in document.get(FILES, {}).get("layers", []):
        entry.pop("weights", None)
        if entry["name"] in kept:
            entry["weights"] = kept[entry["name"]]
    save(document, stored(document["layers"], {name: one.cpu() for name, one in model.network.tensors().items()}), path)


def save(document: dict, tensors: dict[str, torch.Tensor], path: Path):
    """Writes a file of a description and the tensors as they are."""
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise Problem(f"{path}, {name}: holds values that are not finite; not written")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(packed(tensors, metadata={"sotto": json.dumps(document, ensure_ascii=False)}))


def opened(path: Path) -> tuple[dict, dict[str, torch.Tensor]]:
    """The description in a file, of a known format with no key too many or too few, and its tensors as they are."""
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
    if set(document) - {FILES} != KEYS:
        raise Problem(f"{path}: found the keys {sorted(document)}, expected {sorted(KEYS)}")
    return document, tensors


def read(path: Path, recordings: bool = False) -> tuple[Model, dict]:
    """The model in a file and its description; with `recordings` as they are heard, where that is arranged otherwise."""
    document, tensors = opened(path)
    grid = build(Grid, document["grid"], f"{path}, grid")
    input = build(Input, document["input"], f"{path}, input")
    output = output_of(document["output"], f"{path}, output")
    entries = document["layers"]
    if recordings and FILES in document:
        entries, output = document[FILES]["layers"], replace(output, delay=document[FILES]["delay"])
    network = network_of(entries, restored(entries, tensors, str(path)), input.shape(grid), str(path))
    rows = output.sources * input.rows
    if network.result not in ((rows * grid.bins,), (rows, grid.bins)):
        raise Problem(f"{path}, layers: found a result of shape {list(network.result)}, which the output does not take")
    return Model(grid, input, network, output), document
