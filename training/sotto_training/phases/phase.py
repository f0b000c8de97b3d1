"""What every way of training is: an epoch of it, and what has to be kept to go on after one."""

import itertools
from collections.abc import Iterator

import torch

from ..batches import Frames

PASSES = 4096  # numbers of passes over the data that an epoch may use up


class Totals:
    """Means of losses over an epoch, added up on the device, so that nothing waits for it."""

    def __init__(self):
        self.sums, self.counts = {}, {}

    def add(self, name: str, value: torch.Tensor, weight: int = 1):
        """One more value, worth `weight` of them."""
        value = value.detach()
        value = value if value.device.type == "mps" else value.double()  # which has no doubles
        self.sums[name] = self.sums.get(name, 0.0) + value * weight
        self.counts[name] = self.counts.get(name, 0) + weight

    def means(self) -> dict[str, float]:
        """All means."""
        return {name: float(total) / self.counts[name] for name, total in self.sums.items()}


class Phase:
    """A way of training the network of a run."""

    def __init__(self, run):
        self.run = run

    def begin(self, before: dict[str, float]):
        """Before the first epoch of a phase that starts from another's weights, whose dev figures are `before`."""

    def train(self, number: int) -> dict[str, float]:
        """Epoch `number`; gives its losses, `train_loss` among them, for the history."""
        raise NotImplementedError

    def state(self) -> dict:
        """What a checkpoint keeps of it."""
        return {}

    def restore(self, state: dict):
        """Goes on from a checkpoint."""

    def endless(self, number: int, feed) -> Iterator[Frames]:
        """Batches for epoch `number`, as many as are wanted, the same ones whenever it is repeated."""
        for again in itertools.count():
            yield from self.run.batches(number * PASSES + again, feed)

    def adam(self, parameters, rate: float, betas: tuple[float, float] = (0.9, 0.999), decay: float = 0.0):
        """Adam, in one pass where the device has it."""
        fused = self.run.device.split(":")[0] in ("cpu", "cuda")
        return torch.optim.AdamW(parameters, lr=rate, betas=betas, weight_decay=decay, fused=fused)

    @staticmethod
    def pace(optimiser, rate: float):
        """Sets the learning rate."""
        for settings in optimiser.param_groups:
            settings["lr"] = rate
