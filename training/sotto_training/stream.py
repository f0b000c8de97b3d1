"""What the daemon does, written plainly, a hop at a time: to test the whole-file code against."""

import numpy

from . import weights
from .features import Input
from .grid import Grid
from .interpreter import Interpreter, voice_mask
from .level import LevelTracker
from .strict import build


class Stream:
    """One channel, or a stereo pair, through one model, given as the description and the tensors of its file."""

    def __init__(self, document: dict, tensors: dict):
        self.grid, self.input = build(Grid, document["grid"], "grid"), build(Input, document["input"], "input")
        self.output, self.layers = document["output"], Interpreter(document["layers"], tensors)
        self.delay = self.output.get("delay", 0)
        self.reset()

    @classmethod
    def of(cls, path) -> "Stream":
        """Through the weights file at `path`."""
        return cls(*weights.opened(path))

    def reset(self):
        """Forgets the stream."""
        self.layers.reset()
        self.level = LevelTracker(self.input.level, self.grid)
        rows = self._heard
        self.window, self.sum = numpy.zeros((rows, self.grid.window)), numpy.zeros((rows, self.grid.support))
        self.features, self.spectra = [], []

    def mask(self, magnitudes: numpy.ndarray) -> numpy.ndarray | None:
        """The voice's mask of the frame `future` frames ago, for a frame's magnitudes [rows * bins]; None at first."""
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

    def spectrum(self, spectra: numpy.ndarray) -> numpy.ndarray:
        """The voice's spectra [channels, bins] of a frame's."""
        parts = numpy.stack([spectra.real, spectra.imag], 1).reshape(-1, self.grid.bins) * self.input.scale
        result = self.layers.step(parts).reshape(len(spectra), 2, -1) / self.input.scale
        return result[:, 0] + 1j * result[:, 1]

    @property
    def _heard(self) -> int:
        return self.input.channels if self.input.spectral else self.input.rows

    def _power(self, magnitudes: numpy.ndarray) -> float:
        counts = numpy.full(self.grid.bins, 2.0)
        counts[0] = counts[-1] = 1.0
        taper = self.grid.taper.numpy()
        return float(taper.sum() ** 2 / (self.grid.window * (taper**2).sum()) * (magnitudes**2 @ numpy.tile(counts, self.input.rows)))

    def push(self, hop: numpy.ndarray) -> numpy.ndarray:
        """Takes samples [hop], or [2, hop] of a stereo pair; gives the voice, of the same shape, `support - hop + (future + delay) * hop`
        samples later (zeros before)."""
        grid = self.grid
        taper = grid.taper.numpy()
        mid_side, stereo = self.input.feature == "mid-side", hop.ndim == 2
        rows = numpy.stack([(hop[0] + hop[1]) / 2, (hop[0] - hop[1]) / 2]) if mid_side else hop if stereo else hop[None]
        self.window = numpy.concatenate([self.window[:, grid.hop :], rows], 1)
        spectra = numpy.fft.rfft(self.window * taper)
        self.spectra.append(spectra)
        if self.input.spectral:
            voice = self.spectrum(spectra)
            if len(self.spectra) <= self.delay:
                return numpy.zeros_like(hop)
            mixture = self.spectra.pop(0)
            voice *= numpy.minimum(1.0, 16.0 * numpy.abs(mixture) / numpy.maximum(numpy.abs(voice), 1e-30))
        else:
            mask = self.mask(numpy.abs(spectra).reshape(-1) / taper.sum())
            if mask is None:
                return numpy.zeros_like(hop)
            voice = self.spectra.pop(0) * mask.reshape(len(rows), -1)
        frame = numpy.fft.irfft(voice, n=grid.window)
        self.sum += frame[:, -grid.support :] * grid.synthesis.numpy()
        ready = self.sum[:, : grid.hop]
        self.sum = numpy.concatenate([self.sum[:, grid.hop :], numpy.zeros((len(rows), grid.hop))], 1)
        return numpy.stack([ready[0] + ready[1], ready[0] - ready[1]]) if mid_side else ready if stereo else ready[0]
