"""Finding the weights: supervised, discriminative, resumable at every epoch."""

import math
import time
from pathlib import Path

import torch

from . import checkpoint, evaluate
from .batches import epoch
from .clips import clips_of
from .configuration import Configuration, configured
from .curve import write_csv, write_svg
from .loss import LOSSES
from .model import Model
from .problem import Problem
from .provenance import commit, versions

FUSED = ("cpu", "cuda")  # devices with a one-pass Adam


class Run:
    """One training run in a folder: `last.pt` to resume from, `best.pt` to export, `curve.csv`, `curve.svg`."""

    def __init__(
        self, configuration: Configuration, data: Path, folder: Path, device: str = "cpu", say=print, changed=()
    ):
        self.configuration, self.folder, self.device, self.say = configuration, Path(folder), device, say
        self.clips = clips_of(data, "train")
        self.dev = clips_of(data, "dev")
        fit = configuration.fit
        self.generator = torch.Generator().manual_seed(fit.seed)
        self.network = configuration.built()
        self.network.initialise(self.generator, configuration.network.gain)
        self.average = configuration.built()
        self.history, self.seconds, self.best, self.start = [], 0.0, -math.inf, 0
        self.origin = {
            "commit": commit(), "versions": versions(), "device": device, "threads": torch.get_num_threads(),
            "changed": list(changed), "clips": [path.name for path in self.clips],
        }  # fmt: skip
        self._standardise()
        self.network.to(device)
        self.average.load_state_dict(self.network.state_dict())
        self.average.to(device)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=fit.first, weight_decay=fit.decay, fused=device.split(":")[0] in FUSED
        )
        self._mixture_sdr = {}

    @classmethod
    def resumed(cls, folder: Path, data: Path, device: str = "cpu", say=print) -> "Run":
        """The run in `folder`, as it was after its last whole epoch."""
        path = Path(folder) / "last.pt"
        state = checkpoint.load(path)
        run = cls(configured(state["configuration"], str(path)), data, folder, device, say)
        if run.origin["clips"] != state["origin"]["clips"]:
            raise Problem(
                f"{data}: train: found {len(run.clips)} clips, expected the {len(state['origin']['clips'])} "
                f"that the run in {folder} began with"
            )
        run.network.load_state_dict(state["network"])
        run.average.load_state_dict(state["average"])
        run.optimiser.load_state_dict(state["optimiser"])
        run.generator.set_state(state["generator"])
        run.history, run.seconds, run.best = state["history"], state["seconds"], state["best"]
        run.origin, run.start = state["origin"], state["epoch"] + 1
        return run

    def _epoch(self, number: int, device: str = "cpu"):
        grid, input, fit = self.configuration.grid, self.configuration.input, self.configuration.fit
        return epoch(
            self.clips, grid, input, self.configuration.mixing,
            seed=fit.seed, number=number, batch=fit.batch, sequence=fit.sequence, device=device,
        )  # fmt: skip

    def _standardise(self):
        """By one pass of varied training mixtures."""
        self.network.eval()
        self.network.standardise(frames.inputs for frames in self._epoch(2**32 - 1))
        self.say(f"{len(self.clips)} clips, {self.network.parameter_count()} parameters")

    def rate(self, number: int) -> float:
        """Learning rate of an epoch: half a cosine from first to last."""
        fit = self.configuration.fit
        share = number / max(1, fit.epochs - 1)
        return fit.last + (fit.first - fit.last) * 0.5 * (1 + math.cos(math.pi * share))

    def fit(self, stop: int | None = None):
        """Runs to the last epoch, or until `stop` epochs are done."""
        last = self.configuration.fit.epochs if stop is None else min(stop, self.configuration.fit.epochs)
        for number in range(self.start, last):
            began = time.monotonic()
            row = {"epoch": number, "rate": self.rate(number), "train_loss": self._train(number)}
            fit = self.configuration.fit
            if (number + 1) % fit.evaluate == 0 or number + 1 == fit.epochs:
                row |= self.measure()
            self.seconds += time.monotonic() - began
            row["seconds"] = self.seconds
            self.history.append(row)
            self._keep(number, row)
            self.start = number + 1

    def _train(self, number: int) -> float:
        fit, total, count = self.configuration.fit, 0.0, 0
        for settings in self.optimiser.param_groups:
            settings["lr"] = self.rate(number)
        self.network.train()
        for frames in self._epoch(number, self.device):
            with torch.autocast(self.device.split(":")[0], torch.bfloat16, enabled=fit.precision == "bfloat16"):
                results = self.network(frames.inputs, self.generator)
            loss = LOSSES[fit.loss](
                results.float(), self.configuration.output, frames.mixture, frames.accompaniment, frames.voice, fit.gamma
            )
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
            self._follow(fit.average)
            size = frames.mixture[..., 0].numel()
            total, count = total + float(loss.detach()) * size, count + size
        return total / count

    def _follow(self, decay: float):
        with torch.no_grad():
            for mean, now in zip(self.average.parameters(), self.network.parameters()):
                mean.lerp_(now, 1.0 - decay)
            for mean, now in zip(self.average.buffers(), self.network.buffers()):  # figures of the data, means already
                mean.copy_(now)

    def model(self) -> Model:
        """The model as it is measured and exported: averaged weights, on the CPU, standardisation folded."""
        network = self.average.folded().to("cpu")
        return Model(self.configuration.grid, self.configuration.input, network, self.configuration.output)

    def measure(self) -> dict[str, float]:
        """Dev loss and dev figures now."""
        model = self.model()
        loss = evaluate.dev_loss(self.dev, model, self.configuration.fit)
        return {"dev_loss": loss, **evaluate.means(evaluate.score_all(self.dev, model, self._mixture_sdr))}

    def _keep(self, number: int, row: dict):
        state = {
            "configuration": self.configuration.table(),
            "epoch": number, "history": self.history, "seconds": self.seconds, "origin": self.origin,
            "network": self.network.state_dict(), "average": self.average.state_dict(),
        }  # fmt: skip
        if row.get("voice_gnsdr", -math.inf) > self.best:
            self.best = row["voice_gnsdr"]
            checkpoint.save({**state, "best": self.best}, self.folder / "best.pt")
        rest = {"optimiser": self.optimiser.state_dict(), "generator": self.generator.get_state(), "best": self.best}
        checkpoint.save({**state, **rest}, self.folder / "last.pt")
        write_csv(self.history, self.folder / "curve.csv")
        chosen = max(self.history, key=lambda r: r.get("voice_gnsdr", -math.inf))["epoch"]
        write_svg(self.history, self.folder / "curve.svg", self.configuration.title, chosen)
        self.say("  ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()))
