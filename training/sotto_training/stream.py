"""What the daemon does, written plainly, a hop at a time: to test the whole-file code against."""

import numpy

from . import weights
from .features import Input
from .grid import Grid
from .interpreter import Interpreter, voice_mask
from .level import LevelTracker
from .strict import build


class Stream:
    """One channel through one model, given as the description and the tensors of its file."""

    def __init__(self, document: dict, tensors: dict):
        self.grid, self.input = build(Grid, document["grid"], "grid"), build(Input, document["input"], "input")
        self.output, self.layers = document["output"], Interpreter(document["layers"], tensors)
        self.reset()

    @classmethod
    def of(cls, path) -> "Stream":
        """Through the weights file at `path`."""
        return cls(*weights.opened(path))

    def reset(self):
        """Forgets the stream."""
        self.layers.reset()
        self.level = LevelTracker(self.input.level, self.grid)
        self.window, self.sum = numpy.zeros(self.grid.window), numpy.zeros(self.grid.support)
        self.features, self.spectra = [], []

    def mask(self, magnitudes: numpy.ndarray) -> numpy.ndarray | None:
        """The voice's mask of the frame `future` frames ago, for a frame's magnitudes [bins]; None at first."""
        context = self.input.context
        feature = magnitudes * self.input.scale / self.level.step(self._power(magnitudes))
        if not self.features:
            self.features = [feature] * context.past
        self.features.append(feature)
        if len(self.features) < context.frames:
            return None
        result = self.layers.step(self.features[0] if context.frames == 1 else numpy.stack(self.features))
        self.features.pop(0)
        return voice_mask(self.output, result)

    def _power(self, magnitudes: numpy.ndarray) -> float:
        counts = numpy.full(self.grid.bins, 2.0)
        counts[0] = counts[-1] = 1.0
        taper = self.grid.taper.numpy()
        return float(taper.sum() ** 2 / (self.grid.window * (taper**2).sum()) * (magnitudes**2 @ counts))

    def push(self, hop: numpy.ndarray) -> numpy.ndarray:
        """Takes samples [hop]; gives the voice [hop] `support - hop + future * hop` samples later (zeros before)."""
        grid = self.grid
        taper = grid.taper.numpy()
        self.window = numpy.concatenate([self.window[grid.hop :], hop])
        spectrum = numpy.fft.rfft(self.window * taper)
        self.spectra.append(spectrum)
        mask = self.mask(numpy.abs(spectrum) / taper.sum())
        if mask is None:
            return numpy.zeros(grid.hop)
        frame = numpy.fft.irfft(self.spectra.pop(0) * mask, n=grid.window)
        self.sum += frame[-grid.support :] * grid.synthesis.numpy()
        ready = self.sum[: grid.hop].copy()
        self.sum = numpy.concatenate([self.sum[grid.hop :], numpy.zeros(grid.hop)])
        return ready
