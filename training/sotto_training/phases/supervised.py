"""Supervised training by Adam, a step a batch."""

import torch

from .phase import Phase, Totals


class Supervised(Phase):
    """What `fit.loss` says, made small by Adam with decoupled weight decay."""

    def __init__(self, run):
        super().__init__(run)
        fit = run.configuration.fit
        self.optimiser = self.adam(run.network.parameters(), fit.first, decay=fit.decay)

    def train(self, number):
        run, totals, clip = self.run, Totals(), self.run.configuration.fit.clip
        self.pace(self.optimiser, run.rate(number))
        run.network.train()
        for frames in run.batches(number):
            loss = run.loss(run.results(frames), frames)
            self.optimiser.zero_grad()
            loss.backward()
            if clip:
                self._clip(clip)
            self.optimiser.step()
            run.follow()
            totals.add("train_loss", loss, frames.mixture[..., 0].numel())
        return totals.means()

    def _clip(self, longest: float):
        """Where both estimates of a bin are nearly 0, its mask depends on them beyond all measure."""
        parameters = [one for one in self.run.network.parameters() if one.grad is not None]
        for one in parameters:
            one.grad.nan_to_num_(0.0, 0.0, 0.0)
        torch.nn.utils.clip_grad_norm_(parameters, longest)

    def state(self):
        return {"optimiser": self.optimiser.state_dict()}

    def restore(self, state):
        self.optimiser.load_state_dict(state["optimiser"])
