"""Golden vectors: small inputs and what the model makes of them, for the engine's tests to compare with.

Everything is computed in float64 from the float32 inputs and rounded at the end, so that a difference is the
engine's own rounding.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save

from . import weights
from .features import Context, Input
from .grid import Grid, analyse, magnitudes, synthesise
from .level import levels
from .model import Model
from .network import Dense, Network

FRAMES = 48
NO_QUALITY = {"note": "random weights, for tests"}


def signal(grid: Grid, frames: int = FRAMES, seed: int = 7) -> torch.Tensor:
    """A mono test signal, float32 [frames * hop]: two chirps and noise, quiet below the gate in the middle third."""
    count = frames * grid.hop
    time = torch.arange(count, dtype=torch.float64) / grid.rate
    span = count / grid.rate
    noise = torch.randn(count, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    sound = torch.zeros(count, dtype=torch.float64)
    for start, end, amplitude in ((110.0, 880.0, 0.25), (3200.0, 700.0, 0.12)):
        sound += amplitude * torch.sin(2 * torch.pi * (start * time + (end - start) / (2 * span) * time**2))
    sound += 0.02 * noise
    third = count // 3
    sound[third : 2 * third] = 1e-4 * noise[third : 2 * third]
    sound[2 * third :] *= 0.5
    return sound.float()


def of_model(model: Model) -> dict[str, torch.Tensor]:
    """samples [n], magnitudes [frames, bins], levels [frames], masks [frames, bins], voice [n].

    Frames are those a stream of n samples gives (n / hop); the last ``window - hop`` samples of `voice` would need
    later frames and are zeros.
    """
    grid = model.grid
    exact = Model(grid, model.input, model.network.double())
    samples = signal(grid)
    spectra = analyse(samples.double(), grid)
    size = magnitudes(spectra, grid)
    level = levels(size, grid, model.input.level)
    masks = exact.masks(size, level)
    voice = synthesise(spectra * masks, grid, len(samples))
    voice[len(samples) - (grid.window - grid.hop) :] = 0.0
    found = {"samples": samples, "magnitudes": size, "levels": level, "masks": masks, "voice": voice}
    return {name: tensor.float().contiguous() for name, tensor in found.items()}


def context_model(seed: int = 11) -> Model:
    """A tiny network with one frame of context on both sides and every activation; its weights are random."""
    grid = Grid(rate=16000, window=64, hop=16)
    inputs = 3 * grid.bins
    layers = [
        Dense("hidden.1", inputs, 24, "tanh"),
        Dense("hidden.2", 24, 20, "relu"),
        Dense("hidden.3", 20, 16, "sigmoid"),
        Dense("output", 16, 2 * grid.bins, "linear"),
    ]
    network = Network(layers)
    generator = torch.Generator().manual_seed(seed)
    network.initialise(generator)
    with torch.no_grad():
        for dense in network.dense:
            dense.bias.copy_(torch.rand(dense.bias.shape, generator=generator) - 0.5)
    return Model(grid, Input(scale=10.0, context=Context(past=1, future=1)), network.eval())


def write(path: Path, folder: Path) -> list[Path]:
    """Writes all golden files for the weights at `path` into `folder`; gives their names."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    model, document = weights.read(path)
    written = [folder / f"{document['name']}-golden.safetensors"]
    complete = FRAMES * model.grid.hop - (model.grid.window - model.grid.hop)
    note = {"weights": document["name"], "commit": document["training"].get("commit"), "voiceComplete": complete}
    written[0].write_bytes(save(of_model(model), metadata={"golden": json.dumps(note)}))

    tiny = context_model()
    written += [folder / "context-model.safetensors", folder / "context-golden.safetensors"]
    described = weights.description(
        tiny, "context", "A tiny network with context, for tests", NO_QUALITY, NO_QUALITY, {"code": "GPL-3.0-or-later"}
    )
    weights.write(tiny, described, written[1])
    again, _ = weights.read(written[1])
    written[2].write_bytes(save(of_model(again), metadata={"golden": json.dumps({"weights": "context"})}))
    return written
