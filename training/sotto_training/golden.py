"""Golden vectors: small inputs and what the model makes of them, for the engine's tests to compare with.

Everything is computed in float64 from the float32 inputs and rounded at the end, so that a difference is the
engine's own rounding.
"""

import copy
import json
from functools import partial
from itertools import product
from pathlib import Path

import numpy
import torch
from safetensors.torch import save

from . import golden_layers, seeded, weights
from .architectures import Architecture
from .features import Context, Input, heard_rows
from .grid import Grid, analyse, magnitudes
from .layers import Dense, Reshape
from .level import levels
from .model import Model, synthesised
from .network import Network
from .problem import Problem
from .stream import Stream

FRAMES = 48
SMALL = ["grid.window=64", "grid.hop=16"]
RATE = "grid.rate=16000"
THREE = "network.hidden=[14, 12, 10]"
LOUD = "input.scale=20"  # small networks with drawn weights hear little of what trained ones hear well
SYSTEMS = {  # the published systems, as small as they still are themselves
    "dnn-1": [*SMALL, THREE],
    "dnn-3": [*SMALL, THREE],
    "dnn-5": [*SMALL, THREE],
    "drnn-1": [*SMALL, THREE],
    "drnn-2": [*SMALL, THREE],
    "drnn-3": [*SMALL, THREE],
    "srnn": [*SMALL, THREE],
    "gru-256": [*SMALL, THREE],
    "wvpnn": [*SMALL, THREE, LOUD],
    "cvpnn": [*SMALL, THREE, LOUD],
    "unet": [LOUD, RATE, "grid.window=128", "grid.hop=32", "input.context.past=63", "network.channels=[3, 4, 4, 5, 5, 6]"],
    "causal-unet": [LOUD, "grid.window=128", "grid.hop=32", "network.channels=[3, 4, 4, 5, 5, 6]"],
    "stoller": [RATE, *SMALL, "network.channels=[3, 4, 5, 6, 7]"],
    "deep-karaoke": [*SMALL, "network.hidden=[14, 12]"],
    "lstm-mask": [*SMALL, "network.dense=[14]", "network.hidden=[12, 10]"],
    "gru-512x2": [*SMALL, "network.hidden=[14, 12]"],
    "lstm-512x3": [*SMALL, THREE],
    "band-split": [
        *SMALL, LOUD, "network.bands=[[4, 2], [3, 4], [1, 12]]", "network.features=6", "network.units=7", "network.across=4",
        "network.blocks=2",
    ],
    "sotto-wide": [
        RATE, LOUD, "grid.window=64", "grid.hop=32", "network.levels=3", "network.depth=2", "network.growth=5",
        "network.encoders=[5, 3, 4]", "network.decoders=[4, 5, 3]",
    ],
    "sotto": [
        RATE, "grid.window=256", "grid.hop=64", "network.channels=[3, 4, 5]", "network.every=[1, 2, 4]", "network.at=[0, 0, 1]",
        "network.back=[0, 0, 3]", "network.bins=128", "network.held=2", "fit.taught=0",
    ],
    "sotto-block": [
        RATE, LOUD, "grid.window=256", "grid.hop=64", "network.channels=[3, 4, 5]", "network.bins=128", "network.frames=32",
        "network.taken=4", "network.future=2", "network.steps=2", "network.whole=[32, 16, 8]", "output.delay=6", "fit.sequence=8",
    ],
    "sotto-light": [*SMALL, LOUD, "network.together=4", "network.channels=[5, 6, 7]", "network.units=8"],
    "sotto-mir1k": [*SMALL, LOUD, "network.together=4", "network.channels=[5, 6, 7]", "network.units=8"],
}  # fmt: skip
CALLED = {  # vectors named otherwise than their system, which ships weights with vectors of their own
    "sotto-wide": "dense-unet", "sotto": "edge-unet", "sotto-block": "block-unet", "sotto-light": "mid-side",
    "sotto-mir1k": "dual-path",
}  # fmt: skip
WIDTHS, SEEDS = (1.0, 3.0, 9.0), 60
ALIKE = 2e-6  # what single precision may cost at most, for a fixture to be a fair test of another engine


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


def of_model(model: Model, frames: int = FRAMES) -> dict[str, torch.Tensor]:
    """samples [n], magnitudes [frames, bins], levels [frames], masks [frames, bins], voice [n].

    Of a model that hears mid and side, samples and voice are [2, n], and rows of magnitudes and masks twice as long. Of
    one that hears spectra there are samples and voice only.
    Frames are those a stream of n samples gives (n / hop). The masks of the last `future` frames and the last samples
    of `voice` would need later frames: the masks are there as a whole file has them, the samples are zeros.
    """
    grid = model.grid
    exact = Model(grid, model.input, copy.deepcopy(model.network).double(), model.output)
    samples = signal(grid, frames)
    if model.input.stereo:
        samples = torch.stack([samples, 0.6 * samples + 0.5 * signal(grid, frames, seed=8).flip(0)])
    if model.input.spectral:
        voice = exact.voice(samples.double())
        voice[..., complete(model, frames) :] = 0.0
        return {name: tensor.float().contiguous() for name, tensor in {"samples": samples, "voice": voice}.items()}
    spectra = torch.cat([analyse(row, grid) for row in heard_rows(samples.double(), model.input)], -1)
    size = magnitudes(spectra, grid)
    level = levels(size, grid, model.input.level)
    masks = exact.masks(size, level)
    voice = synthesised(spectra * masks, samples, grid, model.input)
    voice[..., complete(model, frames) :] = 0.0
    found = {"samples": samples, "magnitudes": size, "levels": level, "masks": masks, "voice": voice}
    return {name: tensor.float().contiguous() for name, tensor in found.items()}


def complete(model: Model, frames: int) -> int:
    """Samples of the voice that no later frame changes."""
    late = model.input.context.future + model.output.delay
    return (frames - late) * model.grid.hop - (model.grid.support - model.grid.hop)


def fair(model: Model, golden: dict[str, torch.Tensor]) -> bool:
    """Whether masks, or the voice, are worth comparing: not all alike, and hardly changed by single precision."""
    if model.input.spectral:
        whole = complete(model, golden["samples"].shape[-1] // model.grid.hop)
        heard, voice = (golden[name][..., :whole] for name in ("samples", "voice"))
        apart = model.voice(golden["samples"])[..., : voice.shape[-1]] - voice
        return bool(0.05 < voice.std() / heard.std() < 2.0 and float(apart.abs().max()) < ALIKE)
    single = model.masks(golden["magnitudes"], golden["levels"].double())
    if model.output.mask != "soft":
        shares = Model(model.grid, model.input, model.network, type(model.output)(model.output.kind))
        if (shares.masks(golden["magnitudes"], golden["levels"].double()) - 0.5).abs().min() < 1e-4:
            return False
    masks = golden["masks"]
    varied = masks.std(0).mean() > 0.01 and masks.std(1).mean() > 0.05
    return bool(varied) and float((single - masks).abs().max()) < ALIKE


def context_model(seed: int = 11, wide: float = 1.0) -> Model:
    """A tiny network with one frame of context on both sides and every activation; its weights are random."""
    grid = Grid(rate=16000, window=64, hop=16)
    layers = [
        Reshape("frames", [-1]),
        Dense("hidden.1", 24, "tanh"),
        Dense("hidden.2", 20, "relu"),
        Dense("hidden.3", 16, "sigmoid"),
        Dense("output", 2 * grid.bins, "linear"),
    ]
    input = Input(scale=10.0, context=Context(past=1, future=1))
    return Model(grid, input, seeded.seed(Network(layers, input.shape(grid)), seed, wide))


def low_delay_model(seed: int = 11, wide: float = 1.0) -> Model:
    """A small network on the low-delay windows, on as short a hop beside the window as such networks have."""
    grid = ["grid.window=128", "grid.hop=16", 'grid.shape="low-delay"']
    return seeded.model(seeded.found("gru-256", [*grid, THREE]), seed, wide)


def layers_model(name: str, number: int, wide: float = 1.0) -> Model:
    """The network around one kind of layer, drawn."""
    grid, input = Grid(rate=16000, window=64, hop=16), Input(scale=40.0)
    network = golden_layers.network(name, grid.bins)
    return Model(grid, input, golden_layers.rounded(name, seeded.seed(network, number, wide)), golden_layers.OUTPUT)


def system_model(name: str, number: int, wide: float = 1.0) -> Model:
    """A small instance of a system, drawn."""
    return seeded.model(seeded.found(name, SYSTEMS[name]), number, wide)


def of_weights(path: Path, folder: Path) -> list[Path]:
    """Writes the golden vectors of the weights at `path`; gives their name."""
    model, document = weights.read(path)
    note = {"weights": document["name"], "commit": document["training"].get("commit")}
    return [_vectors(of_model(model), folder / f"{document['name']}-golden.safetensors", model, FRAMES, note)]


def of_everything(folder: Path) -> list[Path]:
    """Writes a model and its vectors for every system and every kind of layer; gives their names."""
    written = _pair("context", "A tiny network with context", context_model, folder)
    written += _pair("low-delay", "A small network on the low-delay windows", low_delay_model, folder)
    for name in SYSTEMS:
        called, architecture = CALLED.get(name, name), seeded.found(name, SYSTEMS[name]).network
        written += _pair(called, f"{called}, small, for tests", partial(system_model, name), folder, architecture)
    for name in golden_layers.NAMES:
        title = f"Layers for tests: {name}"
        written += _pair(f"layer-{name}", title, partial(layers_model, name), folder)
    return written + _with_state(folder)


def _pair(name: str, title: str, made, folder: Path, architecture: Architecture | None = None) -> list[Path]:
    for wide, number in product(WIDTHS, range(1, SEEDS)):
        model = made(number, wide)
        frames = FRAMES + max(model.input.context.past, model.input.context.future)
        vectors = of_model(model, frames)
        if fair(model, vectors):
            break
    else:
        raise Problem(f"{name}: no seed below {SEEDS} gives masks that are worth comparing")
    path = folder / f"{name}-model.safetensors"
    weights.write(model, seeded.document(model, name, title, number, wide, architecture), path)
    written = [path, _vectors(vectors, folder / f"{name}-golden.safetensors", model, frames, {"weights": name})]
    if architecture and (files := architecture.for_files()):
        model = weights.rearranged(model, files)
        vectors = of_model(model, frames)
        written.append(_vectors(vectors, folder / f"{name}-files-golden.safetensors", model, frames, {"weights": name}))
    return written


def _with_state(folder: Path) -> list[Path]:
    """Layers that PyTorch has no word for: the interpreter says what they give."""
    grid, input = Grid(rate=16000, window=64, hop=16), Input(scale=40.0)
    entries, tensors = golden_layers.with_state(grid.bins, 1)
    about = Model(grid, input, Network([Reshape("none", [-1])], input.shape(grid)), golden_layers.OUTPUT)
    document = seeded.document(about, "layer-state", "Layers for tests: state", 1) | {"layers": entries}
    path = folder / "layer-state-model.safetensors"
    weights.save(document, tensors, path)
    vectors, stream = of_model(about), Stream.of(path)
    masks = [stream.mask(frame) for frame in vectors["magnitudes"].double().numpy()]
    vectors = {name: vectors[name] for name in ("magnitudes", "levels")}
    vectors["masks"] = torch.from_numpy(numpy.stack(masks)).float()
    return [path, _save(vectors, folder / "layer-state-golden.safetensors", {"weights": "layer-state"})]


def _vectors(vectors: dict[str, torch.Tensor], path: Path, model: Model, frames: int, note: dict) -> Path:
    return _save(vectors, path, {**note, "voiceComplete": complete(model, frames)})


def _save(vectors: dict[str, torch.Tensor], path: Path, note: dict) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(save(vectors, metadata={"golden": json.dumps(note)}))
    return path
