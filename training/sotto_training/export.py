"""From a run to the files that ship: weights with their description, loss curve, and the figures of the card."""

from pathlib import Path

import torch

from . import checkpoint, evaluate, weights
from .configuration import Configuration, configured
from .curve import write_svg
from .data import Data
from .loss import LOSSES
from .model import Model
from .problem import Problem
from .provenance import phases
from .smaller import smaller
from .strict import build

LICENCE = {
    "code": "GPL-3.0-or-later",
    "weights": "GPL-3.0-or-later as far as the authors' own rights go; trained on MIR-1K, which is free for research",
    "data": "MIR-1K: free for research",
}
OTHERS = {
    "code": "GPL-3.0-or-later",
    "weights": "GPL-3.0-or-later as far as the authors' own rights go; those of the recordings under data are not theirs",
    "data": "as the sources of data have it",
}
NOTE = "dev is 4 clips of the two training singers and chose the epoch: expect less on other singers"


def model_of(path: Path) -> tuple[Model, Configuration, dict]:
    """The model in a checkpoint, its configuration, and the checkpoint."""
    state = checkpoint.load(path)
    configuration = configured(state["configuration"], str(path))
    network = configuration.fitted(state["average"]).folded()
    return Model(configuration.grid, configuration.input, network, configuration.output), configuration, state


def provenance(configuration: Configuration, state: dict, data: Path) -> dict:
    """How the weights came to be."""
    fit, origin = configuration.fit, state["origin"]
    names = [one.name for one in configuration.data.measures(data, configuration.grid.rate)]
    dev = ", ".join(Path(name).stem for name in names)
    if configuration.data == Data():
        heard = "MIR-1K (Hsu and Jang), 16 kHz, left accompaniment, right voice; no other recording"
        split = f"Huang et al. 2014: train {len(origin['clips'])} clips of abjones and amy; dev {dev}"
    else:
        sources = [*configuration.data.train, *configuration.data.unpaired]
        heard = "; ".join(dict.fromkeys(source.described() for source in sources))
        split = f"train {len(origin['clips'])} recordings; dev {dev}"
    command = [
        f"sotto-train --threads {origin['threads']} fit configurations/{configuration.name}.toml",
        "--data DATA --run RUN", *(f"--set {change}" for change in origin["changed"]),
    ]  # fmt: skip
    if origin.get("pipeline", "host") != "host":
        command.append(f"--device {origin['device']} --pipeline {origin['pipeline']}")
    if "start" in origin:
        command.append("--start START")
    if "teacher" in origin:
        command.append("--teacher TEACHER")
    first = {name: origin[name] for name in ("start", "before", "teacher") if name in origin}
    return {
        "data": heard,
        "split": split,
        "command": " ".join(command),
        "commit": origin["commit"],
        "versions": origin["versions"],
        "torch": origin["versions"]["torch"],
        "device": origin["device"],
        "seed": fit.seed,
        "loss": " ".join((LOSSES[fit.loss].__doc__ or "").split("\n\n")[0].split()),
        "target": fit.target,
        "gamma": fit.gamma,
        "epochs": fit.epochs,
        "chosen epoch": state["epoch"],
        "chosen by": "voice GNSDR on dev",
        "phases": phases(configuration, state),
        **first,
        "seconds": round(state["seconds"], 1),
        "configuration": configuration.table(),
    }


def data_of(document: dict, path: Path) -> Data:
    """What the weights file at `path` was trained and measured on, as its description has it."""
    table = document["training"].get("configuration", {}).get("data", {})
    return build(Data, table, f"{path}, training, configuration, data")


def store(path: Path, data: Path, out: Path, stored: str) -> dict:
    """Writes the model at `path` again, its weights stored otherwise; gives its description.

    The figures on dev in it are those of the smaller weights; `quality.weights` says what they were before.
    """
    model, document = weights.read(path)
    dev = data_of(document, path).measures(data, model.grid.rate)
    model, cost = smaller(model, dev, stored)
    quality = {key: value for key, value in document["quality"].items() if key != "weights"}
    quality["dev"] = evaluate.described(dev, model)
    document |= {"layers": model.network.entries(), "quality": quality | ({"weights": cost} if cost else {})}
    weights.write(model, document, out)
    return document


def export(
    run: Path, data: Path, out: Path, curve: Path | None = None, licence: dict | None = None, stored: str = "single",
    last: bool = False,
) -> dict:  # fmt: skip
    """Writes the best model of a run to `out`, or its `last`, having measured what was written; gives its description.

    `stored` is the type of the weights: `single`, `half`, `integer`, or `auto`, the smallest that dev does not hear.
    """
    model, configuration, state = model_of(Path(run) / ("last.pt" if last else "best.pt"))
    history = checkpoint.load(Path(run) / "last.pt")["history"]
    dev = configuration.data.measures(data, configuration.grid.rate)
    model, cost = smaller(model, dev, stored)
    quality = {
        "dev": evaluate.described(dev, model),
        **({"weights": cost} if cost else {}),
        "note": NOTE if configuration.data == Data() else "dev chose the epoch: expect less on other recordings",
    }
    training = provenance(configuration, state, data)
    if last:
        training["chosen by"] = "nothing: the last epoch"
    licence = licence or (LICENCE if configuration.data == Data() else OTHERS)
    document = weights.description(
        model, configuration.name, configuration.title, training, quality, licence, configuration.network
    )
    weights.write(model, document, out)
    again, _ = weights.read(out)
    probe = torch.rand(8, model.input.rows * model.grid.bins, generator=torch.Generator().manual_seed(0))
    if not torch.equal(again.results(probe), model.results(probe)):
        raise Problem(f"{out}: what was written does not give what was measured")
    if curve is not None:
        write_svg(history, curve, configuration.title, state["epoch"])
    return document
