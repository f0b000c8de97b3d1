"""What a system is and how it is trained: one TOML file."""

import tomllib
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch

from .adversarial import Adversarial, Critics
from .architectures import Architecture, architecture_of
from .data import Data
from .features import Input
from .grid import Grid
from .judges import critic
from .loss import LOSSES
from .mixing import Mixing
from .network import Network
from .output import Output
from .problem import Problem
from .strict import build


SPECTRAL = ("decibels", "discriminative")  # losses that need no mask


@dataclass(frozen=True)
class Fitting:
    """How the weights are found.

    epochs             passes over the training clips; the rate falls from `first` to `last` along half a cosine
    batch              frames of one step, about
    sequence           frames in a row from a zero state, for networks that remember; 1 shuffles single frames
    loss               what is made small, of `loss.py`
    heard              whether that is in the sound which spectra are put together to, not in each frame's by itself
    target             of each source its 'magnitude', or its 'projection' on the mixture's phase, which adds up
    gamma              weight of the discriminative terms
    average            decay of the running mean of the weights that is measured and exported; 0: the weights
    optimiser          'adam', or 'lbfgs' over the full batch, for which `first` scales the steps: 1 as a rule
    iterations         of L-BFGS in an epoch, and `history`, how many steps it remembers
    evaluate           epochs between two measurements on dev
    precision          'float32', or 'bfloat16' for the products while fitting
    decay              decoupled weight decay
    clip               largest norm of a step's gradients, which longer ones are brought to; 0: any
    taught             the teacher's share in the sources that are asked for, the rest is the truth; 0: no teacher
    """

    epochs: int = 60
    batch: int = 1024
    sequence: int = 1
    loss: str = "discriminative"
    heard: bool = False
    target: str = "magnitude"
    first: float = 1e-3
    last: float = 1e-4
    gamma: float = 0.05
    average: float = 0.0
    optimiser: str = "adam"
    iterations: int = 20
    history: int = 50
    evaluate: int = 2
    precision: str = "float32"
    decay: float = 0.0
    clip: float = 0.0
    taught: float = 0.0
    seed: int = 1

    def __post_init__(self):
        if self.precision not in ("float32", "bfloat16"):
            raise Problem(f"fit.precision: found {self.precision!r}, expected 'float32' or 'bfloat16'")
        if self.optimiser not in ("adam", "lbfgs"):
            raise Problem(f"fit.optimiser: found {self.optimiser!r}, expected 'adam' or 'lbfgs'")
        if self.optimiser == "lbfgs" and self.precision != "float32":
            raise Problem(f"fit.precision: found {self.precision!r}, expected 'float32' with fit.optimiser 'lbfgs'")
        if self.loss not in LOSSES:
            raise Problem(f"fit.loss: found {self.loss!r}, expected one of {', '.join(LOSSES)}")
        if self.target not in ("magnitude", "projection"):
            raise Problem(f"fit.target: found {self.target!r}, expected 'magnitude' or 'projection'")
        if self.target == "projection" and self.loss in ("divergence", "logarithmic"):
            raise Problem(f"fit.target: found 'projection', which may be below 0, expected 'magnitude' with fit.loss {self.loss!r}")
        if not 0 <= self.taught <= 1:
            raise Problem(f"fit.taught: found {self.taught}, expected 0 to 1")
        for name in ("epochs", "batch", "sequence", "evaluate", "iterations", "history"):
            if getattr(self, name) < 1:
                raise Problem(f"fit.{name}: found {getattr(self, name)}, expected 1 or more")


@dataclass(frozen=True)
class Configuration:
    """One system."""

    name: str
    title: str
    network: Architecture
    grid: Grid = field(default_factory=Grid)
    input: Input = field(default_factory=Input)
    output: Output = field(default_factory=Output)
    data: Data = field(default_factory=Data)
    mixing: Mixing = field(default_factory=Mixing)
    fit: Fitting = field(default_factory=Fitting)
    adversarial: Adversarial | None = None
    critics: Critics | None = None

    def __post_init__(self):
        if self.adversarial and self.critics:
            raise Problem("adversarial, critics: found both tables, expected one of them at most")
        if (self.adversarial or self.critics) and self.fit.optimiser != "adam":
            raise Problem(f"fit.optimiser: found {self.fit.optimiser!r}, expected 'adam' beside adversarial or critics")
        if self.fit.taught and (self.adversarial or self.critics or self.fit.target != "magnitude"):
            raise Problem(f"fit.taught: found {self.fit.taught}, expected 0 beside adversarial, critics or another target")
        if self.fit.heard and (not self.input.spectral or self.fit.loss != "decibels"):
            raise Problem("fit.heard: found true, expected false but for input.feature 'spectrum' and fit.loss 'decibels'")
        if self.critics and self.fit.target != "magnitude":
            raise Problem(f"fit.target: found {self.fit.target!r}, expected 'magnitude' beside critics")
        self._check_stereo()
        if self.critics and not self.data.unpaired:
            raise Problem("data.unpaired: found no source, expected one or more for the critics to hear")

    def _check_stereo(self):
        if (self.input.feature == "spectrum") != (self.output.kind == "spectrum"):
            raise Problem(f"output.kind: found {self.output.kind!r} beside input.feature {self.input.feature!r}, expected 'spectrum' in both")
        if self.input.spectral and (self.fit.loss not in SPECTRAL or self.fit.target != "magnitude"):
            raise Problem(
                f"fit: found loss {self.fit.loss!r} and target {self.fit.target!r} beside spectra, expected one of "
                f"{', '.join(SPECTRAL)}, and no target"
            )
        if not self.input.stereo:
            for name in ("mono", "aside", "doubled", "spread"):
                if getattr(self.mixing, name):
                    raise Problem(f"mixing.{name}: found {getattr(self.mixing, name)}, expected 0 beside an input of one channel")
            if any(one.stereo == "both" for one in (*self.data.train, *self.data.dev, *self.data.unpaired)):
                raise Problem("data: found stereo 'both', expected 'mean' or 'each' beside an input of one channel")
        elif self.input.feature == "mid-side" and self.output.kind != "mask":
            raise Problem("input.feature: found 'mid-side', expected output.kind 'mask' beside it")
        if self.input.rows > 1 and (self.adversarial or self.critics):
            raise Problem(f"input.feature: found {self.input.feature!r}, expected neither adversarial nor critics beside it")

    def built(self) -> Network:
        """The network, its weights not drawn yet."""
        return self.network.network(self.input, self.grid, self.output)

    def block(self) -> torch.nn.Module | None:
        """The network as it is trained where it gives a sequence of estimates at a time; None where it does not."""
        if self.fit.sequence == 1:
            return None
        return self.network.block(self.input, self.grid, self.output, self.fit.sequence)

    def fitted(self, state: dict) -> Network:
        """The network with the weights in `state`, those of one as it is trained."""
        trained, network = self.block() or self.built(), self.built()
        trained.load_state_dict(state)
        known = trained.tensors()
        for name, tensor in network.tensors().items():
            tensor.copy_(known[name])
        return network

    def table(self) -> dict:
        """Plain values, as `configured` takes them."""
        return {**asdict(self), "network": self.network.table()}


def configured(table: dict, where: str) -> Configuration:
    """The configuration in `table`, which came from `where`; that its parts fit together is checked."""
    if isinstance(table, dict) and "network" in table:
        table = {**table, "network": architecture_of(table["network"], f"{where}, network")}
    configuration = build(Configuration, table, where)
    try:
        with torch.device("meta"):
            found = configuration.built().result
            rows, bins = configuration.output.sources * configuration.input.rows, configuration.grid.bins
            if configuration.input.spectral:
                if found != (rows, bins):
                    raise Problem(f"network: found a result of shape {list(found)}, expected spectra: dense-unet has them")
            elif configuration.input.rows > 1 and found != (rows * bins,):
                raise Problem(f"network: found a result of shape {list(found)}, expected masks of mid and side: dual-path has them")
            if configuration.block() is None and configuration.output.delay:
                raise Problem(
                    f"fit.sequence: found {configuration.fit.sequence}, expected a patch's frames, since a result alone is of "
                    f"{configuration.output.delay} frames before"
                )
            if configuration.critics:
                critic(configuration.critics, configuration.fit.sequence, configuration.grid.bins)
    except Problem as problem:
        raise Problem(f"{where}: {problem}") from None
    return configuration


def configuration_of(path: Path, overrides: list[str] = ()) -> Configuration:
    """Read from a TOML file; an override is `table.key=value` in TOML's own notation."""
    try:
        table = tomllib.loads(Path(path).read_text())
    except OSError as error:
        raise Problem(f"{path}: cannot be read: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise Problem(f"{path}: not TOML: {error}") from error
    return configured(changed(table, overrides), str(path))


def changed(table: dict, overrides: list[str]) -> dict:
    """A copy of `table` with values changed; an override is `table.key=value` in TOML's own notation."""
    table = deepcopy(table)
    for override in overrides:
        try:
            _merge(table, tomllib.loads(override))
        except tomllib.TOMLDecodeError as error:
            raise Problem(f"{override}: not TOML: {error}") from error
    return table


def _merge(table: dict, other: dict):
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(table.get(key), dict):
            _merge(table[key], value)
        else:
            table[key] = value
