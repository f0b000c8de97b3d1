"""Smaller weights: half precision, or eight bits with a scale a row."""

import torch

from .layers import Convolution
from .layers.layer import WEIGHTS
from .network import Network, network_of
from .problem import Problem

MATRICES = ("weight", "recurrent")
LARGEST = 127


def storable(network: Network, kind: str) -> list[str]:
    """Names of the layers whose weights may be stored as `half` or `integer`: convolutions stop at half."""
    able = [layer for layer in network.layers if hasattr(layer, "weights")]
    return [layer.name for layer in able if kind == "half" or not isinstance(layer, Convolution)]


def stored(entries: list[dict], tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The tensors of a file whose layers are `entries`, from single-precision ones."""
    kinds = {entry["name"]: entry.get("weights", "single") for entry in entries}
    found = {}
    for name, tensor in tensors.items():
        layer, short = name.rsplit(".", 1)
        kind = kinds[layer] if short in MATRICES else "single"
        tensor = tensor.float().contiguous()
        if kind == "integer":
            scale = tensor.abs().amax(-1) / LARGEST
            found[f"{name}.scale"] = scale
            rows = tensor / scale.clamp_min(torch.finfo(torch.float32).tiny)[..., None]
            tensor = rows.round().clamp(-LARGEST, LARGEST).to(torch.int8)
        found[name] = tensor.half() if kind == "half" else tensor
    return found


def restored(entries: list[dict], tensors: dict[str, torch.Tensor], where: str) -> dict[str, torch.Tensor]:
    """Single-precision tensors from those of a file, in which every type is the one its layer says."""
    kinds = {entry.get("name"): entry.get("weights", "single") for entry in entries}
    types = {"single": torch.float32, "half": torch.float16, "integer": torch.int8}
    scales = {f"{name}.scale" for name, tensor in tensors.items() if tensor.dtype == torch.int8}
    found = {}
    for name, tensor in tensors.items():
        layer, _, short = name.rpartition(".")
        kind = kinds.get(layer, "single") if short in MATRICES else "single"
        if kind not in WEIGHTS:
            raise Problem(f"{where}, layer {layer}, weights: found {kind!r}, expected one of {', '.join(WEIGHTS)}")
        if tensor.dtype != types[kind]:
            raise Problem(f"{where}, {name}: found {tensor.dtype}, expected {types[kind]}")
        if kind == "integer":
            scale = tensors.get(f"{name}.scale")
            if scale is None or scale.shape != tensor.shape[:-1]:
                raise Problem(f"{where}, {name}.scale: expected a number for each of {list(tensor.shape[:-1])} rows")
            tensor = tensor.float() * scale[..., None]
        if name not in scales:
            found[name] = tensor.float()
    return found


def rounded(network: Network, kinds: dict[str, str]) -> Network:
    """The network as it is when layers are stored as `kinds` says; what is not named stays as it is."""
    entries = []
    able = {layer.name for layer in network.layers if hasattr(layer, "weights")}
    for entry in network.entries():
        entry = {**entry, "weights": kinds.get(entry["name"], entry.get("weights", "single"))}
        if entry["weights"] == "single" or entry["name"] not in able:
            entry.pop("weights")
        entries.append(entry)
    tensors = stored(entries, network.tensors())
    return network_of(entries, restored(entries, tensors, "rounded"), network.shape, "rounded")
