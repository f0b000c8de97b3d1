"""Finding the weights: a run in a folder, resumable from the last epoch written down, whichever way it trains."""

import math
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from . import checkpoint, evaluate
from .batches import Frames, epoch
from .configuration import Configuration, configured
from .curve import write_csv, write_svg
from .features import sound
from .loss import LOSSES
from .model import Model
from .phases import phase_of
from .problem import Problem
from .provenance import commit, versions
from .resident import Resident
from .start import started
from .teacher import teacher_of

KEPT = 10.0  # seconds after which a run is written down, if epochs are shorter: they repeat exactly
PIPELINES = ("host", "device")


class Run:
    """One training run in a folder: `last.pt` to resume from, `best.pt` to export, `curve.csv`, `curve.svg`.

    pipeline   'host' reads and mixes on the processor, from disk; 'device' keeps all sound on the device and mixes there
    start      a run's folder or a weights file, whose weights are the first
    teacher    a weights file, whose voices count by `fit.taught`
    """

    def __init__(
        self, configuration: Configuration, data: Path, folder: Path, device: str = "cpu", say=print, changed=(),
        pipeline: str = "host", start: Path | None = None, state: dict | None = None,
        teacher: Path | None = None,
    ):  # fmt: skip
        self.configuration, self.folder, self.device, self.say = configuration, Path(folder), device, say
        fit, grid, table = configuration.fit, configuration.grid, configuration.data
        if device.startswith("cuda") and not torch.cuda.is_available():
            raise Problem(f"device: found {device!r}, but PyTorch {torch.__version__} sees no such device here")
        if device.startswith("mps") and pipeline == "device":
            raise Problem("pipeline: found 'device' on mps, which has no double precision; expected 'host'")
        if pipeline == "device" and configuration.input.rows > 1:
            raise Problem(f"pipeline: found 'device' with input.feature {configuration.input.feature!r}, expected 'host'")
        if device.startswith("cuda"):
            torch.set_float32_matmul_precision("high")
        pool = table.pool(table.train, data, grid.rate, configuration.mixing.step)
        self.dev = table.measures(data, grid.rate)
        self.pipeline = pipeline
        self.origin = {
            "commit": commit(), "versions": versions(), "device": device, "threads": torch.get_num_threads(),
            "changed": list(changed), "clips": [recording.name for recording in pool.recordings], "pipeline": pipeline,
        }  # fmt: skip
        self.teacher = teacher_of(teacher, configuration, device)
        if self.teacher:
            self.origin["teacher"] = self.teacher.facts
        self.feed = self._feed(pool)
        self.unpaired = self._feed(table.pool(table.unpaired, data, grid.rate)) if table.unpaired else None
        self.generator = torch.Generator(device if pipeline == "device" else "cpu").manual_seed(fit.seed)
        self.network, self.average = (configuration.block() or configuration.built() for _ in range(2))
        self.border = configuration.input.context.future if configuration.block() else None
        self.history, self.seconds, self.best, self.start = [], 0.0, -math.inf, 0
        self._kept, self._saved = {}, time.monotonic()
        self._begin(start) if state is None else self._resume(state)

    def _begin(self, start: Path | None):
        fit = self.configuration.fit
        if start is None and self.configuration.adversarial:
            raise Problem("start: found none; an adversarial phase starts from a run or a weights file")
        # Drawn on the processor whatever the pipeline: the first weights are the same everywhere.
        drawn = self.generator if self.generator.device.type == "cpu" else torch.Generator().manual_seed(fit.seed)
        self.network.initialise(drawn, self.configuration.network.gain)
        if start is not None:
            self.origin["start"] = started(self.network, self.configuration, start, self._heard)
        self.network.to(self.device)
        if start is None:
            self._standardise()
        self.say(f"{len(self.origin['clips'])} clips, {self.network.parameter_count()} parameters")
        self.average.load_state_dict(self.network.state_dict())
        self.average.to(self.device)
        self.phase = phase_of(self)
        if start is not None:
            self.origin["before"] = self.measure()
            self.phase.begin(self.origin["before"])

    @classmethod
    def resumed(cls, folder: Path, data: Path, device: str = "cpu", say=print) -> "Run":
        """The run in `folder`, as it was after the last epoch written down."""
        path = Path(folder) / "last.pt"
        state = checkpoint.load(path)
        configuration = configured(state["configuration"], str(path))
        origin = state["origin"]
        teacher = Path(origin["teacher"]["path"]) if "teacher" in origin else None
        pipeline = origin.get("pipeline", "host")
        return cls(configuration, data, folder, device, say, pipeline=pipeline, state=state, teacher=teacher)

    def _resume(self, state: dict):
        found, expected = self.origin["clips"], state["origin"]["clips"]
        if found != expected:
            raise Problem(
                f"data: train: found {len(found)} clips, expected the {len(expected)} that the run in {self.folder} began with"
            )
        if self.teacher and self.teacher.facts != state["origin"]["teacher"]:
            raise Problem(f"{self.teacher.facts['path']}: is not the teacher that the run in {self.folder} began with")
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.network.to(self.device)
        self.average.to(self.device)
        self.phase = phase_of(self)
        self.phase.restore(state)
        self.generator.set_state(state["generator"])
        self.history, self.seconds, self.best = state["history"], state["seconds"], state["best"]
        self.origin, self.start = state["origin"], state["epoch"] + 1

    def _feed(self, pool):
        """A function of an epoch's number, and of how its batches should be, that gives them."""
        grid, input, mixing = self.configuration.grid, self.configuration.input, self.configuration.mixing
        seed, device, target = self.configuration.fit.seed, self.device, self.configuration.fit.target
        if self.pipeline == "device":
            return Resident(pool, grid, input, mixing, seed, device, target).epoch
        fixed = {"seed": seed, "device": device, "target": target}
        return lambda number, **kind: epoch(pool, grid, input, mixing, number=number, **fixed, **kind)

    def batches(self, number: int, feed=None) -> Iterator[Frames]:
        """All batches of a pass over the data, of the training feed or another."""
        fit = self.configuration.fit
        for frames in (feed or self.feed)(number, batch=fit.batch, sequence=fit.sequence, border=self.border):
            yield self.teacher.taught(frames) if self.teacher else frames

    def results(self, frames: Frames) -> torch.Tensor:
        """What the network gives for a batch, [sequences, sequence, numbers of a frame], in single precision."""
        precise, inputs = self.configuration.fit.precision != "bfloat16", self._inputs(frames)
        with torch.autocast(self.device.split(":")[0], torch.bfloat16, enabled=not precise):
            results = self.network(inputs, self.generator)
        if self.border is not None:
            results = results[:, 0].movedim(1, 2)  # [sequences, sequence, sources, bins]
        return results.flatten(2).float()

    def loss(self, results: torch.Tensor, frames: Frames) -> torch.Tensor:
        """The supervised loss of a batch."""
        fit, grid, input = self.configuration.fit, self.configuration.grid, self.configuration.input
        asked = results, frames.mixture, frames.accompaniment, frames.voice
        if fit.heard:
            asked = tuple(sound(one, input, grid) for one in asked)
        results, mixture, accompaniment, voice = asked
        return LOSSES[fit.loss](results, self.configuration.output, mixture, accompaniment, voice, fit.gamma)

    def _standardise(self):
        """By one pass of varied training mixtures."""
        self.network.eval()
        self.network.standardise(self._inputs(frames) for frames in self.batches(2**32 - 1))

    def _heard(self) -> torch.Tensor:
        """Some frames of the input [frames, *shape] of all of an epoch's mixtures, on the processor, where first weights are."""
        batches = self.feed(2**32 - 2, batch=100, sequence=1, border=None)
        return torch.cat([self._inputs(frames).flatten(0, 1)[:3].cpu() for frames in batches])

    def _inputs(self, frames: Frames) -> torch.Tensor:
        inputs = frames.inputs
        if self.configuration.input.spectral:
            inputs = inputs.unflatten(-1, (self.network.shape[0], -1))
            inputs = inputs if self.border is None else inputs.movedim(1, 2)
        return inputs if self.border is None else inputs[:, None]  # a block is one frame to the network

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
            row = {"epoch": number, "rate": self.rate(number), **self.phase.train(number)}
            fit = self.configuration.fit
            if (number + 1) % fit.evaluate == 0 or number + 1 == fit.epochs:
                row |= self.measure()
            self.seconds += time.monotonic() - began
            row["seconds"] = self.seconds
            self.history.append(row)
            self.start = number + 1
            self.say("  ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()))
            if "dev_loss" in row or number + 1 == last or time.monotonic() - self._saved > KEPT:
                self._keep(number, row)
                self._saved = time.monotonic()

    def follow(self):
        """Moves the averaged weights towards those of now."""
        decay = self.configuration.fit.average
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.network.parameters()), 1.0 - decay)
            for mean, now in zip(self.average.buffers(), self.network.buffers()):  # figures of the data, means already
                mean.copy_(now)

    def model(self) -> Model:
        """The model as it is measured and exported: averaged weights, on the CPU, standardisation folded."""
        network = self.configuration.fitted({name: tensor.cpu() for name, tensor in self.average.state_dict().items()})
        return Model(self.configuration.grid, self.configuration.input, network.folded(), self.configuration.output)

    def measure(self) -> dict[str, float]:
        """Dev loss and dev figures now; the network runs where it is trained."""
        model = self.model()
        model.network.to(self.device)
        model.device = self.device
        loss = evaluate.dev_loss(self.dev, model, self.configuration.fit)
        return {"dev_loss": loss, **evaluate.means(evaluate.score_all(self.dev, model, self._kept))}

    def _keep(self, number: int, row: dict):
        state = {
            "configuration": self.configuration.table(),
            "epoch": number, "history": self.history, "seconds": self.seconds, "origin": self.origin,
            "network": self.network.state_dict(), "average": self.average.state_dict(),
        }  # fmt: skip
        if row.get("voice_gnsdr", -math.inf) > self.best:
            self.best = row["voice_gnsdr"]
            checkpoint.save({**state, "best": self.best}, self.folder / "best.pt")
        rest = {"generator": self.generator.get_state(), "best": self.best, **self.phase.state()}
        checkpoint.save({**state, **rest}, self.folder / "last.pt")
        write_csv(self.history, self.folder / "curve.csv")
        chosen = max(self.history, key=lambda r: r.get("voice_gnsdr", -math.inf))["epoch"]
        write_svg(self.history, self.folder / "curve.svg", self.configuration.title, chosen)
