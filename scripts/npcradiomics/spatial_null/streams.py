"""Random numbers of a patient's draws: they follow from seed, patient and what is drawn alone."""

import zlib

import numpy as np

PILOT, DRAW, SURROGATE, SHARES, PLACE = range(5)


def generator_of(seed: int, patient: str, *stream: int) -> np.random.Generator:
    """The generator of one stream, (DRAW, b) say: more draws keep the first ones.

    Parameters
    ----------
    seed : int
    patient : str
    *stream : int
        One of the constants above, and the number of the draw or of the pair of surrogates.
    """
    entropy = [seed, zlib.crc32(patient.encode())]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy, spawn_key=stream)))
