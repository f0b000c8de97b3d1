"""Supervised training by Adam, a step a batch."""

from .phase import Phase, Totals


class Supervised(Phase):
    """What `fit.loss` says, made small by Adam with decoupled weight decay."""

    def __init__(self, run):
        super().__init__(run)
        fit = run.configuration.fit
        self.optimiser = self.adam(run.network.parameters(), fit.first, decay=fit.decay)

    def train(self, number):
        run, totals = self.run, Totals()
        self.pace(self.optimiser, run.rate(number))
        run.network.train()
        for frames in run.batches(number):
            loss = run.loss(run.results(frames), frames)
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
            run.follow()
            totals.add("train_loss", loss, frames.mixture[..., 0].numel())
        return totals.means()

    def state(self):
        return {"optimiser": self.optimiser.state_dict()}

    def restore(self, state):
        self.optimiser.load_state_dict(state["optimiser"])
