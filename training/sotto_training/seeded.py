"""Networks with drawn weights, for the benchmark and for tests: nobody has trained them."""

from pathlib import Path

import torch

from . import weights
from .architectures import Architecture
from .configuration import Configuration, configuration_of
from .model import Model
from .network import Network
from .precision import rounded, storable
from .problem import Problem

FOLDER = Path(__file__).parents[1] / "configurations"
LICENCE = {"code": "GPL-3.0-or-later", "weights": "none: drawn at random"}


def seed(network: Network, number: int, wide: float = 1.0) -> Network:
    """Draws every tensor, so that none is a 0 or a 1 that leaves something out; ready to run.

    Matrices and kernels are `wide` times as large as training begins with.
    """
    generator = torch.Generator().manual_seed(number)
    network.initialise(generator)
    for name, tensor in network.tensors().items():
        short, drawn = name.rsplit(".", 1)[1], torch.rand(tensor.shape, generator=generator)
        if short in ("bias", "recurrent-bias", "shift", "mean", "value"):
            tensor.copy_(drawn - 0.5)
        elif short in ("scale", "variance") or short == "weight" and tensor.dim() == 1:
            tensor.copy_(drawn + 0.5)
        else:
            tensor.mul_(wide)
    return network.eval()


def found(name: str, overrides: list[str] = ()) -> Configuration:
    """The configuration of that name among those that come with the package, or in that file."""
    path = Path(name) if Path(name).suffix == ".toml" else FOLDER / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(one.stem for one in FOLDER.glob("*.toml")))
        raise Problem(f"{name}: no such configuration; expected a TOML file or one of {known}")
    return configuration_of(path, overrides)


def model(configuration: Configuration, number: int, wide: float = 1.0) -> Model:
    """The configuration's model with drawn weights, as it would be exported."""
    network = seed(configuration.built(), number, wide).folded()
    return Model(configuration.grid, configuration.input, network, configuration.output)


def document(
    model: Model, name: str, title: str, number: int, wide: float = 1.0, architecture: Architecture | None = None
) -> dict:  # fmt: skip
    """Its description, which says what it is."""
    training = {"note": "not trained", "seed": number, "wide": wide}
    quality = {"note": "drawn weights: separates nothing"}
    return weights.description(model, name, title, training, quality, LICENCE, architecture)


def write(configuration: Configuration, out: Path, number: int = 1, stored: str = "single"):
    """Writes the weights file."""
    drawn = model(configuration, number)
    drawn.network = rounded(drawn.network, dict.fromkeys(storable(drawn.network, stored), stored))
    weights.write(drawn, document(drawn, configuration.name, configuration.title, number), out)
