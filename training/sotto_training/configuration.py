"""What a system is and how it is trained: one TOML file."""

import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .features import Input
from .grid import Grid
from .mixing import Mixing
from .network import Dense
from .problem import Problem
from .strict import build


@dataclass(frozen=True)
class Shape:
    """Hidden layers' widths, their activation and the output layer's; `gain` widens sigmoid layers' first weights."""

    hidden: list[int]
    activation: str = "sigmoid"
    output: str = "linear"
    gain: float = 1.0


@dataclass(frozen=True)
class Fitting:
    """How the weights are found.

    epochs             passes over the training clips; the rate falls from `first` to `last` along half a cosine
    batch              frames of one step, about
    gamma              weight of the discriminative terms
    average            decay of the running mean of the weights that is measured and exported; 0: the weights
    evaluate           epochs between two measurements on dev
    precision          'float32', or 'bfloat16' for the products while fitting
    dropout, decay     share of hidden units left out; decoupled weight decay
    """

    epochs: int = 60
    batch: int = 1024
    first: float = 1e-3
    last: float = 1e-4
    gamma: float = 0.05
    average: float = 0.0
    evaluate: int = 2
    precision: str = "float32"
    dropout: float = 0.0
    decay: float = 0.0
    seed: int = 1

    def __post_init__(self):
        if self.precision not in ("float32", "bfloat16"):
            raise Problem(f"fit.precision: found {self.precision!r}, expected 'float32' or 'bfloat16'")
        for name in ("epochs", "batch", "evaluate"):
            if getattr(self, name) < 1:
                raise Problem(f"fit.{name}: found {getattr(self, name)}, expected 1 or more")


@dataclass(frozen=True)
class Configuration:
    """One system."""

    name: str
    title: str
    network: Shape
    grid: Grid = field(default_factory=Grid)
    input: Input = field(default_factory=Input)
    mixing: Mixing = field(default_factory=Mixing)
    fit: Fitting = field(default_factory=Fitting)

    @property
    def layers(self) -> list[Dense]:
        """The dense layers: hidden.1, hidden.2, ..., output."""
        inputs, layers = self.input.context.frames * self.grid.bins, []
        for number, width in enumerate(self.network.hidden, 1):
            layers.append(Dense(f"hidden.{number}", inputs, width, self.network.activation))
            inputs = width
        return [*layers, Dense("output", inputs, 2 * self.grid.bins, self.network.output)]

    def table(self) -> dict:
        """Plain values, as `configured` takes them."""
        return asdict(self)


def configured(table: dict, where: str) -> Configuration:
    """The configuration in `table`, which came from `where`."""
    return build(Configuration, table, where)


def configuration_of(path: Path, overrides: list[str] = ()) -> Configuration:
    """Read from a TOML file; an override is `table.key=value` in TOML's own notation."""
    try:
        table = tomllib.loads(Path(path).read_text())
        for override in overrides:
            _merge(table, tomllib.loads(override))
    except OSError as error:
        raise Problem(f"{path}: cannot be read: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise Problem(f"{path}: not TOML: {error}") from error
    return configured(table, str(path))


def _merge(table: dict, other: dict):
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(table.get(key), dict):
            _merge(table[key], value)
        else:
            table[key] = value
