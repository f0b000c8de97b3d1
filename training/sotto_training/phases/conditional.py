"""SVSGAN's adversarial phase (Fan, Lai and Jang 2018): the generator against a discriminator that sees the mixture."""

import torch
from torch.nn import functional

from ..batches import Frames
from ..judges import discriminator, penalty
from ..loss import estimated
from .phase import Phase, Totals


class Conditional(Phase):
    """``updates`` steps of D, then one of G, whose loss keeps a part of the supervised one."""

    def __init__(self, run):
        super().__init__(run)
        self.table = table = run.configuration.adversarial
        self.judge = discriminator(table, run.configuration.grid.bins)
        self.judge.initialise(torch.Generator().manual_seed(run.configuration.fit.seed + 1), run.configuration.network.gain)
        self.judge.to(run.device)
        betas = (table.beta, 0.999)
        self.optimiser = self.adam(run.network.parameters(), run.configuration.fit.first, betas)
        self.other = self.adam(self.judge.parameters(), table.rate, betas)
        self.unit = 1.0

    def begin(self, before: dict[str, float]):
        """At the start, the dev figures of which are `before`."""
        self.unit = max(abs(before["dev_loss"]), 1e-9)
        self.judge.standardise(self._real(frames) for frames in self.run.batches(2**32 - 1))

    def train(self, number):
        run, table, totals = self.run, self.table, Totals()
        self.pace(self.optimiser, run.rate(number))
        batches = self.endless(number, run.feed)
        run.network.train()
        self.judge.train()
        for _ in range(table.iterations):
            for _ in range(table.updates):
                frames = next(batches)
                with torch.no_grad():
                    fake = self._estimated(run.results(frames), frames)
                totals.add("discriminator_loss", self._judged(self._real(frames), fake))
            frames = next(batches)
            results = run.results(frames)
            supervised, adversarial = run.loss(results, frames), self._fooled(self._estimated(results, frames))
            self.optimiser.zero_grad()
            (adversarial + table.supervised / self.unit * supervised).backward()
            self.optimiser.step()
            run.follow()
            totals.add("generator_loss", adversarial)
            totals.add("train_loss", supervised)
        return totals.means()

    def _judged(self, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """A step of the discriminator; its loss."""
        table = self.table
        odds = self.judge(real), self.judge(fake)
        if table.objective == "wasserstein":
            loss = odds[1].mean() - odds[0].mean()
            loss = loss + table.penalty * penalty(self.judge, real, fake, self.run.generator)
        else:
            loss = functional.binary_cross_entropy_with_logits(odds[0], torch.full_like(odds[0], table.real))
            loss = loss + functional.binary_cross_entropy_with_logits(odds[1], torch.zeros_like(odds[1]))
        self.other.zero_grad()
        loss.backward()
        self.other.step()
        return loss

    def _fooled(self, fake: torch.Tensor) -> torch.Tensor:
        """What the generator makes small."""
        return fooled(self.judge(fake), self.table.objective)

    @staticmethod
    def _real(frames: Frames) -> torch.Tensor:
        return torch.cat([frames.voice, frames.accompaniment, frames.mixture], -1)

    def _estimated(self, results: torch.Tensor, frames: Frames) -> torch.Tensor:
        accompaniment, voice = estimated(results, self.run.configuration.output, frames.mixture)
        return torch.cat([voice, accompaniment, frames.mixture], -1)

    def state(self):
        return {
            "optimiser": self.optimiser.state_dict(), "judge": self.judge.state_dict(), "other": self.other.state_dict(),
            "unit": self.unit,
        }  # fmt: skip

    def restore(self, state):
        self.optimiser.load_state_dict(state["optimiser"])
        self.judge.load_state_dict(state["judge"])
        self.other.load_state_dict(state["other"])
        self.unit = state["unit"]


def fooled(odds: torch.Tensor, objective: str) -> torch.Tensor:
    """The generator's adversarial loss, from the discriminator's log odds, or the critic's numbers, of estimates.

    With D = sigmoid(odds): minimax ``mean log(1 - D)``, non-saturating ``mean -log D``, wasserstein ``mean -odds``.
    """
    if objective == "minimax":
        return -functional.softplus(odds).mean()
    return functional.softplus(-odds).mean() if objective == "non-saturating" else -odds.mean()
