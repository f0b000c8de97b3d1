"""From a run to the files that ship: weights with their description, loss curve, and the figures of the card."""

from pathlib import Path

import torch

from . import checkpoint, evaluate, weights
from .clips import clips_of
from .configuration import Configuration, configured
from .curve import write_svg
from .loss import LOSSES
from .model import Model
from .problem import Problem
from .smaller import smaller

LICENCE = {
    "code": "GPL-3.0-or-later",
    "weights": "GPL-3.0-or-later as far as the authors' own rights go; trained on MIR-1K, which is free for research",
    "data": "MIR-1K: free for research",
}


def model_of(path: Path) -> tuple[Model, Configuration, dict]:
    """The model in a checkpoint, its configuration, and the checkpoint."""
    state = checkpoint.load(path)
    configuration = configured(state["configuration"], str(path))
    network = configuration.built()
    network.load_state_dict(state["average"])
    network = network.folded()
    return Model(configuration.grid, configuration.input, network, configuration.output), configuration, state


def provenance(configuration: Configuration, state: dict, data: Path) -> dict:
    """How the weights came to be."""
    fit = configuration.fit
    names = [path.name for path in clips_of(data, "dev")]
    return {
        "data": "MIR-1K (Hsu and Jang), 16 kHz, left accompaniment, right voice; no other recording",
        "split": f"Huang et al. 2014: train {len(clips_of(data, 'train'))} clips of abjones and amy; dev "
        + ", ".join(Path(name).stem for name in names),
        "command": " ".join([
            f"sotto-train --threads {state['origin']['threads']} fit configurations/{configuration.name}.toml",
            "--data DATA --run RUN", *(f"--set {change}" for change in state["origin"]["changed"]),
        ]),
        "commit": state["origin"]["commit"],
        "versions": state["origin"]["versions"],
        "torch": state["origin"]["versions"]["torch"],
        "device": state["origin"]["device"],
        "seed": fit.seed,
        "loss": " ".join((LOSSES[fit.loss].__doc__ or "").split("\n\n")[0].split()),
        "gamma": fit.gamma,
        "epochs": fit.epochs,
        "chosen epoch": state["epoch"],
        "chosen by": "voice GNSDR on dev",
        "seconds": round(state["seconds"], 1),
        "configuration": configuration.table(),
    }


def store(path: Path, data: Path, out: Path, stored: str) -> dict:
    """Writes the model at `path` again, its weights stored otherwise; gives its description.

    The figures on dev in it are those of the smaller weights; `quality.weights` says what they were before.
    """
    model, document = weights.read(path)
    dev = clips_of(data, "dev")
    model, cost = smaller(model, dev, stored)
    quality = {key: value for key, value in document["quality"].items() if key != "weights"}
    figures = evaluate.means(evaluate.score_all(dev, model))
    quality["dev"] = {"clips": len(dev), "method": evaluate.METHOD, **{k: round(v, 3) for k, v in figures.items()}}
    document |= {"layers": model.network.entries(), "quality": quality | ({"weights": cost} if cost else {})}
    weights.write(model, document, out)
    return document


def export(
    run: Path, data: Path, out: Path, curve: Path | None = None, licence: dict | None = None, stored: str = "single"
) -> dict:
    """Writes the best model of a run to `out`, having measured what was written; gives its description.

    `stored` is the type of the weights: `single`, `half`, `integer`, or `auto`, the smallest that dev does not hear.
    """
    model, configuration, state = model_of(Path(run) / "best.pt")
    history = checkpoint.load(Path(run) / "last.pt")["history"]
    dev = clips_of(data, "dev")
    model, cost = smaller(model, dev, stored)
    figures = evaluate.means(evaluate.score_all(dev, model))
    quality = {
        "dev": {"clips": len(dev), "method": evaluate.METHOD, **{k: round(v, 3) for k, v in figures.items()}},
        **({"weights": cost} if cost else {}),
        "note": "dev is 4 clips of the two training singers and chose the epoch: expect less on other singers",
    }
    training = provenance(configuration, state, data)
    document = weights.description(
        model, configuration.name, configuration.title, training, quality, licence or LICENCE
    )
    weights.write(model, document, out)
    again, _ = weights.read(out)
    probe = torch.rand(8, model.grid.bins, generator=torch.Generator().manual_seed(0))
    if not torch.equal(again.results(probe), model.results(probe)):
        raise Problem(f"{out}: what was written does not give what was measured")
    if curve is not None:
        write_svg(history, curve, configuration.title, state["epoch"])
    return document
