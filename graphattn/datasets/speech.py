"""Reads recordings into frames: every 10 ms is a node, linked to its neighbours."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.archive import is_archive, open_archive
from graphattn.datasets.errors import DataError, check
from graphattn.datasets.extras import need
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.sequences import chain, pointers

_CALLER = "datasets.load"
RATE = 16_000
"""Samples a second that all recordings are brought to."""
SUFFIXES = (".wav", ".flac", ".ogg")
_WINDOW, _STEP = 400, 160  # samples: 25 ms and 10 ms
_MOST_SECONDS = 3_600
_PATTERN = r"(?P<label>[^/]+)/[^/]+$"

Features = Literal["log_mel", "mfcc"]
"""80 energies of mel bands, as logarithms; or 13 cepstral coefficients with their first
and second differences in time."""


def read(
    path: Path,
    *,
    name: str | None = None,
    features: Features = "log_mel",
    pattern: str = _PATTERN,
    test: Mapping[str, Sequence[str]] | None = None,
) -> GraphDataset:
    """Reads recordings of one word or class each.

    A frame of 25 ms is a node and the next one begins 10 ms later; `x` holds its
    features, and `y` the class of the recording. Recordings of another rate are
    resampled to `RATE`, and of several channels the mean is taken.

    Args:
        path: A folder with its subfolders, or a zip or tar.
        name: Of the dataset; by default that of the file.
        features: Of a frame.
        pattern: Regular expression that finds the ``label``, and what `test` names, in
            the path of a recording; by default the label is its folder.
        test: Values of other groups of `pattern` that make a recording one of the test;
            all others train.

    Raises:
        DataError: There are no recordings, or one cannot be read.
        ImportError: soundfile or kaldi-native-fbank is not installed.
    """
    labels: list[str] = []
    parts: list[str] = []
    frames: list[Tensor] = []
    for file, raw in _recordings(path):
        found = _groups(pattern, file)
        labels.append(found["label"])
        is_test = any(found.get(key) in values for key, values in (test or {}).items())
        parts.append("test" if is_test else "train")
        frames.append(frames_of(samples(raw, file), features))
    rule = f"there are no recordings here: {', '.join(SUFFIXES)}"
    check(len(frames) > 0, _CALLER, rule, {"path": str(path)})
    lengths = torch.tensor([len(one) for one in frames])
    classes = sorted(set(labels))
    data = Data(
        x=torch.cat(frames),
        edge_index=chain(lengths),
        y=torch.tensor([[classes.index(label)] for label in labels]),
    )
    return GraphDataset(
        data,
        {
            "x": pointers(lengths),
            "edge_index": pointers(2 * (lengths - 1)),
            "y": torch.arange(len(frames) + 1),
        },
        name=name or path.name,
        kind="sequence",
        task="classification",
        target_names=["label"],
        class_names=classes,
        parts=parts if test else (),
    )


def samples(raw: bytes, file: str) -> Float[np.ndarray, " num_samples"]:
    """Returns a recording from -1 to 1 at `RATE`, the mean of its channels.

    Args:
        raw: Of a wav, flac or ogg file.
        file: Its name, for messages.

    Raises:
        DataError: It cannot be read, is shorter than a frame, or too long.
        ImportError: soundfile or scipy is not installed.
    """
    soundfile = need("soundfile", "speech")
    try:
        with soundfile.SoundFile(io.BytesIO(raw)) as recording:
            rate, count = recording.samplerate, recording.frames
            rule = (
                "a recording must have a rate of 1 to 400 kHz, and last an hour at most"
            )
            given = {"file": file, "rate": rate, "samples": count}
            fits = 1_000 <= rate <= 400_000 and 0 <= count <= _MOST_SECONDS * rate
            check(fits, _CALLER, rule, given)
            found = recording.read(dtype="float32", always_2d=True).mean(axis=1)
    except (soundfile.SoundFileError, RuntimeError, TypeError, OverflowError) as error:
        # The library's own text names the address of an object in memory.
        reason = str(getattr(error, "error_string", error)).rstrip(".")
        raise DataError(
            f"{_CALLER}: the recording cannot be read: {reason}. Got:\n"
            f"  file = {file!r}"
        ) from None
    if rate != RATE:
        resample = need("scipy.signal", "speech").resample_poly
        common = np.gcd(rate, RATE)
        found = resample(found, RATE // common, rate // common).astype(np.float32)
    rule = "a recording must be finite, and at least as long as a frame of 25 ms"
    given = {"file": file, "seconds": len(found) / RATE}
    whole = len(found) >= _WINDOW and bool(np.isfinite(found).all())
    check(whole, _CALLER, rule, given)
    return found


def frames_of(
    sound: Float[np.ndarray, " num_samples"], features: Features = "log_mel"
) -> Float[Tensor, "num_frames num_features"]:
    """Returns the features of frames of 25 ms, one every 10 ms, as Kaldi does.

    Args:
        sound: From -1 to 1 at `RATE`, at least 25 ms.
        features: Which.

    Raises:
        DataError: `features` is none of `Features`.
        ImportError: kaldi-native-fbank or scipy is not installed.

    Source:
        Povey et al. 2011, The Kaldi Speech Recognition Toolkit; differences by
        regression over 5 frames, as in HTK.
    """
    rule = 'features must be "log_mel" or "mfcc"'
    check(features in ("log_mel", "mfcc"), _CALLER, rule, {"features": features})
    kaldi = need("kaldi_native_fbank", "speech")
    options = kaldi.FbankOptions() if features == "log_mel" else kaldi.MfccOptions()
    options.frame_opts.dither = 0.0  # noise would make every reading another
    if features == "log_mel":
        options.mel_opts.num_bins = 80
        found = _computed(kaldi.OnlineFbank(options), sound)
    else:
        found = _computed(kaldi.OnlineMfcc(options), sound)
        found = np.concatenate([found, *_differences(found)], axis=1)
    return torch.from_numpy(found.astype(np.float32))


def _computed(computer: Any, sound: np.ndarray) -> np.ndarray:
    computer.accept_waveform(RATE, (sound * 32768.0).tolist())  # Kaldi's scale
    computer.input_finished()
    return np.stack([computer.get_frame(k) for k in range(computer.num_frames_ready)])


def _differences(found: np.ndarray) -> list[np.ndarray]:
    # A local line through 5 frames; its slope is the regression formula of HTK.
    slope = need("scipy.signal", "speech").savgol_filter
    ends = np.pad(found, ((4, 4), (0, 0)), mode="edge")
    first = slope(ends, 5, 1, deriv=1, axis=0, mode="nearest")
    second = slope(first, 5, 1, deriv=1, axis=0, mode="nearest")
    return [first[4:-4], second[4:-4]]


def _recordings(path: Path) -> Iterator[tuple[str, bytes]]:
    if is_archive(path):
        with open_archive(path) as archive:
            for file in sorted(archive.names):
                if file.lower().endswith(SUFFIXES):
                    yield file, archive.read(file)
        return
    for file in sorted(path.rglob("*")):
        if file.suffix.lower() in SUFFIXES and file.is_file():
            yield file.relative_to(path.parent).as_posix(), file.read_bytes()


def _groups(pattern: str, file: str) -> dict[str, str]:
    try:
        found = re.search(pattern, file)
    except re.error as error:
        raise DataError(
            f"{_CALLER}: pattern is no regular expression: {error}. Got:\n"
            f"  pattern = {pattern!r}"
        ) from None
    rule = "pattern must find a label in the path of each recording"
    groups = found.groupdict() if found else {}
    check(bool(groups.get("label")), _CALLER, rule, {"file": file, "pattern": pattern})
    return groups
