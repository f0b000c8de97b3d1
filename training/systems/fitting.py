"""Systems as small as `tiny.py` makes them, fitted and exported by the commands that do so for the large ones."""

import csv
from dataclasses import dataclass
from pathlib import Path

from tiny import STARTS, TINY

from sotto_training.command import main

CONFIGURATIONS = Path(__file__).parents[1] / "configurations"


@dataclass(frozen=True)
class Fitted:
    """A run's folder, a row of its curve for each epoch, and the weights that came of it."""

    run: Path
    curve: list[dict[str, float]]
    weights: Path


class Fitting:
    """Fits systems when they are wanted, each once: one may start from another."""

    def __init__(self, sounds: Path, folder: Path):
        self.sounds, self.folder, self.done = sounds, folder, {}

    def of(self, name: str) -> Fitted:
        """The tiny version of the configuration `name`."""
        if name not in self.done:
            self.done[name] = self._fitted(name)
        return self.done[name]

    def _fitted(self, name: str) -> Fitted:
        configuration, run, weights = CONFIGURATIONS / f"{name}.toml", self.folder / name, self.folder / f"{name}.safetensors"
        # Those that name their recordings begin above all of them, the others at MIR-1K.
        data = self.sounds if "[data]" in configuration.read_text() else self.sounds / "mir1k"
        words = [f"--set={change}" for change in TINY[name]]
        if name in STARTS:
            words.append(f"--start={self.of(STARTS[name]).run}")
        assert main(["fit", str(configuration), f"--data={data}", f"--run={run}", *words]) == 0
        assert main(["export", f"--data={data}", f"--run={run}", f"--out={weights}"]) == 0
        with open(run / "curve.csv", newline="") as file:
            curve = [{key: float(value) for key, value in row.items() if value} for row in csv.DictReader(file)]
        return Fitted(run, curve, weights)
