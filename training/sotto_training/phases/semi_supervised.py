"""Semi-supervised training of Stoller, Ewert and Dixon (2018): critics of both sources, fed with what is not paired."""

import torch

from ..batches import Frames
from ..judges import critic, penalty
from ..loss import estimated
from ..mixing import REFERENCE
from .phase import Phase, Totals

NAMES = ("accompaniment", "voice")


class SemiSupervised(Phase):
    """``L = L_s + alpha L_u + beta L_add``: pairs, what critics say of unpaired mixtures, and what those leave over.

    L_s is the supervised loss a bin (theirs is a mean), L_u = - D_voice(v') - D_accompaniment(a') of log1p of the
    magnitudes, L_add the mean square of mixture - a' - v', counted as they count: magnitudes of a transform of samples,
    here of a mixture at -20 dBFS.
    """

    def __init__(self, run):
        super().__init__(run)
        configuration = run.configuration
        self.table = table = configuration.critics
        generator = torch.Generator().manual_seed(configuration.fit.seed + 1)
        self.critics = {}
        for name in NAMES:
            self.critics[name] = critic(table, configuration.fit.sequence, configuration.grid.bins)
            self.critics[name].initialise(generator)
            self.critics[name].to(run.device)
        self.linear = REFERENCE * configuration.grid.taper_sum / configuration.input.scale
        self.optimiser = self.adam(run.network.parameters(), configuration.fit.first)
        self.other = self.adam([one for each in self.critics.values() for one in each.parameters()], table.rate)

    def train(self, number):
        run, table, totals = self.run, self.table, Totals()
        self.pace(self.optimiser, run.rate(number))
        pairs, unpaired = self.endless(number, run.feed), self.endless(number, run.unpaired)
        bins = run.configuration.grid.bins
        run.network.train()
        for _ in range(table.iterations):
            for _ in range(table.updates):
                heard, real = next(unpaired), next(unpaired)  # what is real comes from other excerpts
                with torch.no_grad():
                    fake = self._estimated(run.results(heard), heard)
                totals.add("discriminator_loss", self._judged([real.accompaniment, real.voice], fake))
            frames, heard = next(pairs), next(unpaired)
            supervised = run.loss(run.results(frames), frames)
            estimates = self._estimated(run.results(heard), heard)
            adversarial = -sum(self._numbers(name, one).mean() for name, one in zip(NAMES, estimates))
            added = ((self.linear * (heard.mixture - sum(estimates))) ** 2).mean()
            self.optimiser.zero_grad()
            (supervised / bins + table.alpha * adversarial + table.beta * added).backward()
            self.optimiser.step()
            run.follow()
            totals.add("generator_loss", adversarial)
            totals.add("added_loss", added)
            totals.add("train_loss", supervised)
        return totals.means()

    def _judged(self, real: list[torch.Tensor], fake: list[torch.Tensor]) -> torch.Tensor:
        """A step of both critics; their loss."""
        loss = 0.0
        for name, true, false in zip(NAMES, real, fake):
            rows = min(len(true), len(false))
            true, false = (torch.log1p(one[:rows])[:, None] for one in (true, false))
            judge = self.critics[name]
            loss = loss + judge(false).mean() - judge(true).mean()
            loss = loss + self.table.penalty * penalty(judge, true, false, self.run.generator)
        self.other.zero_grad()
        loss.backward()
        self.other.step()
        return loss

    def _numbers(self, name: str, estimate: torch.Tensor) -> torch.Tensor:
        return self.critics[name](torch.log1p(estimate)[:, None])

    def _estimated(self, results: torch.Tensor, frames: Frames) -> list[torch.Tensor]:
        """(accompaniment, voice), [rows, sequence, bins] each: as they are if the loss takes them so, else masked."""
        configuration = self.run.configuration
        if configuration.fit.loss == "logarithmic":
            return list(results.chunk(2, dim=-1))
        return list(estimated(results, configuration.output, frames.mixture))

    def state(self):
        critics = {name: one.state_dict() for name, one in self.critics.items()}
        return {"optimiser": self.optimiser.state_dict(), "critics": critics, "other": self.other.state_dict()}

    def restore(self, state):
        self.optimiser.load_state_dict(state["optimiser"])
        for name, one in self.critics.items():
            one.load_state_dict(state["critics"][name])
        self.other.load_state_dict(state["other"])
