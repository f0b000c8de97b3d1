"""L-BFGS over the full batch, as Huang et al. (2014) train: what is made small is the same numbers at every step."""

import math

import torch

from ..problem import Problem
from .phase import Phase

LOOKS = 25 / 4  # evaluations an iteration may need on average: their 2,500 in 400


class FullBatch(Phase):
    """torch's L-BFGS with strong Wolfe line search; an epoch is `fit.iterations` of its iterations.

    The full batch is epoch 0 of the data, read anew for every evaluation, a batch at a time: memory does not grow with
    the data, unless the pipeline keeps that on the device anyway. It does with `fit.history`, twice the weights for each
    step remembered.
    """

    def __init__(self, run):
        super().__init__(run)
        fit = run.configuration.fit
        if any(layer.dropout for layer in run.network.layers):
            raise Problem("network.dropout: found chance in the network, expected none with fit.optimiser 'lbfgs'")
        self.optimiser = torch.optim.LBFGS(
            run.network.parameters(), lr=fit.first, max_iter=fit.iterations, max_eval=round(LOOKS * fit.iterations),
            history_size=fit.history, line_search_fn="strong_wolfe", tolerance_grad=0.0,
        )  # fmt: skip

        self.kept = None

    def _batches(self):
        if self.run.pipeline != "device":
            return self.run.batches(0)
        self.kept = self.kept or list(self.run.batches(0))
        return self.kept

    def train(self, number):
        run = self.run
        run.network.train()
        seen = []

        def closure():
            self.optimiser.zero_grad(set_to_none=False)
            total, count = 0.0, 0
            for frames in self._batches():
                size = frames.mixture[..., 0].numel()
                loss = run.loss(run.results(frames), frames) * size
                loss.backward()
                total, count = total + loss.detach().double(), count + size
            for parameter in run.network.parameters():
                if parameter.grad is not None:
                    parameter.grad.div_(count)
            value = float(total) / count
            if not math.isfinite(value):
                raise Problem(f"epoch {number}: the loss is {value}; a smaller fit.first makes the first step shorter")
            seen.append(value)
            return torch.tensor(value, dtype=torch.float64)

        self.optimiser.step(closure)
        run.follow()
        return {"train_loss": min(seen), "looks": len(seen)}

    def state(self):
        return {"optimiser": self.optimiser.state_dict()}

    def restore(self, state):
        self.optimiser.load_state_dict(state["optimiser"])
