"""Ogg Opus by libopus itself (RFC 7845), where it is installed.

Where the positions of pages are not what their packets add up to, as some encoders write them, libsndfile (1.2.0 and 1.2.2
were tried) stops reading, cannot seek into the page before, and behind it may seek to a wrong place without a word.
"""

import ctypes
import ctypes.util
import struct
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import numpy

LONGEST = 5760  # samples of a packet at 48 kHz
BEFORE = 19200  # samples that a decoder has heard where it begins in the middle: 400 ms, five times what it has to
WHOLE = 48000  # what the header counts in, whatever the rate


def read(path: Path, rate: int, begin: int, count: int) -> numpy.ndarray | None:
    """`count` samples [n, channels] at `rate` (8, 12, 16, 24 or 48 kHz) from `begin` on; None if that cannot be done.

    Places are counted packet by packet: positions that some encoders write into pages are off by some milliseconds.
    """
    library = _library()
    packets = list(_packets(Path(path).read_bytes()))
    if library is None or WHOLE % rate or len(packets) < 3 or not packets[0].startswith(b"OpusHead"):
        return None
    channels, skip = struct.unpack("<BH", packets[0][9:12])
    gain, mapping = struct.unpack("<hB", packets[0][16:19])
    if mapping != 0:
        return None
    lengths = [library.opus_packet_get_nb_samples(packet, len(packet), rate) for packet in packets[2:]]
    ends = list(accumulate(lengths))
    start = begin + skip * rate // WHOLE
    if min(lengths) < 0 or start + count > ends[-1]:
        return None
    failed = ctypes.c_int()
    decoder = ctypes.c_void_p(library.opus_decoder_create(rate, channels, ctypes.byref(failed)))
    if failed.value:
        return None
    first, last = bisect_right(ends, max(0, start - BEFORE)), bisect_right(ends, start + count - 1)
    buffer, found = numpy.empty((LONGEST * rate // WHOLE, channels), numpy.float32), []
    place = buffer.ctypes.data_as(ctypes.c_void_p)
    try:
        for packet in packets[2 + first : 2 + last + 1]:
            heard = library.opus_decode_float(decoder, packet, len(packet), place, len(buffer), 0)
            if heard < 0:
                return None
            found.append(buffer[:heard].copy())
    finally:
        library.opus_decoder_destroy(decoder)
    at = start - (ends[first] - lengths[first])
    return numpy.concatenate(found)[at : at + count] * numpy.float32(10 ** (gain / 5120))


def _packets(data: bytes) -> Iterator[bytes]:
    """The packets of a file, from page to page: two of headers, then sound."""
    at, begun = 0, b""
    while data[at : at + 4] == b"OggS" and at + 27 <= len(data):
        lengths = data[at + 27 : at + 27 + data[at + 26]]
        at += 27 + len(lengths)
        for length in lengths:
            begun += data[at : at + length]
            at += length
            if length < 255:
                yield begun
                begun = b""


def _library() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("opus")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    library.opus_decoder_create.restype = ctypes.c_void_p
    library.opus_packet_get_nb_samples.argtypes = [ctypes.c_char_p, ctypes.c_int32, ctypes.c_int32]
    library.opus_decoder_destroy.argtypes = [ctypes.c_void_p]
    library.opus_decode_float.argtypes = [
        ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32, ctypes.c_void_p, ctypes.c_int, ctypes.c_int,
    ]  # fmt: skip
    return library
