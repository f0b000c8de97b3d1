"""BSS-Eval v3 (Vincent, Gribonval and Fevotte 2006; Vincent 2007), its matrices made once for many estimates.

The references, each delayed by 0 to 511 samples, span a space; P is the projection onto it, P_j onto the part of one
reference. An estimate e of source j is ``P_j e`` (the source), ``P e - P_j e`` (interference) and ``e - P e``
(artefacts). The three are orthogonal, so that their energies follow from correlations alone.
"""

import numpy
import scipy.fft
import scipy.linalg
import torch

TAPS = 512
SILENT = -100.0  # dB of an estimate that is silent, for which nothing is defined
TINY = 1e-300


class References:
    """The sources of a clip, [sources, n]."""

    def __init__(self, sources: numpy.ndarray):
        self.sources, length = len(sources), sources.shape[1]
        self.size = scipy.fft.next_fast_len(length + TAPS - 1, real=True)
        self.spectra = scipy.fft.rfft(sources, self.size)
        gram = numpy.empty((self.sources * TAPS,) * 2)
        for one in range(self.sources):
            for other in range(self.sources):
                found = scipy.fft.irfft(self.spectra[one] * self.spectra[other].conj(), self.size)
                block = scipy.linalg.toeplitz(numpy.r_[found[0], found[: -TAPS : -1]], found[:TAPS])
                gram[one * TAPS : (one + 1) * TAPS, other * TAPS : (other + 1) * TAPS] = block
        self.whole = _factor(gram)
        self.own = [_factor(gram[start : start + TAPS, start : start + TAPS]) for start in range(0, len(gram), TAPS)]

    def scores(self, estimates: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
        """SDR, SIR, SAR in decibels, [sources] each, of estimates [sources, n], in the order of the references.

        A silent estimate makes all of them `SILENT`: a network may begin, or end, by giving nothing.
        """
        if not estimates.any(axis=-1).all():
            return (numpy.full(self.sources, SILENT),) * 3
        figures = numpy.empty((3, self.sources))
        for number, estimate in enumerate(estimates):
            products, energy = self._products(estimate), float(estimate @ estimate)
            source = _energy(self.own[number], products[number])
            projected = _energy(self.whole, products) if self.sources > 1 else source
            parts = source, energy - source, projected - source, projected, energy - projected
            source, rest, interference, projected, artefacts = (max(part, TINY) for part in parts)
            figures[:, number] = source / rest, source / interference, projected / artefacts
        return tuple(10 * numpy.log10(figures))

    def alone(self, estimate: numpy.ndarray) -> numpy.ndarray:
        """SDR [sources] of one estimate [n] against each reference by itself, as if there were no other."""
        products, energy = self._products(estimate), float(estimate @ estimate)
        sources = [_energy(own, each) for own, each in zip(self.own, products)]
        return numpy.array([10 * numpy.log10(max(source, TINY) / max(energy - source, TINY)) for source in sources])

    def _products(self, estimate: numpy.ndarray) -> numpy.ndarray:
        """Of an estimate with each reference at each delay, [sources, TAPS]."""
        spectrum = scipy.fft.rfft(estimate, self.size)
        correlations = scipy.fft.irfft(self.spectra * spectrum.conj(), self.size)
        return numpy.concatenate([correlations[:, :1], correlations[:, : -TAPS : -1]], axis=1)


def _factor(gram: numpy.ndarray) -> tuple[torch.Tensor, bool]:
    """A matrix that makes an energy of products, and whether it is a triangular factor."""
    whole = torch.from_numpy(gram)
    factor, failed = torch.linalg.cholesky_ex(whole)
    if int(failed):  # references that depend on each other, or silence
        return torch.linalg.pinv(whole, hermitian=True), False
    return factor, True


def _energy(factor: tuple[torch.Tensor, bool], products: numpy.ndarray) -> float:
    matrix, triangular = factor
    column = torch.from_numpy(products.ravel())[:, None]
    if triangular:
        return float((torch.linalg.solve_triangular(matrix, column, upper=False) ** 2).sum())
    return float((column.T @ matrix @ column).squeeze())
