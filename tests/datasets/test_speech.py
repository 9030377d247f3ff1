import contextlib
import io
import zipfile

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given
from mutations import fuzz, mutated

from graphattn.datasets import DataError, load
from graphattn.datasets.speech import RATE, frames_of, read, samples


def tone(hertz: float, seconds: float = 0.2, rate: int = RATE) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


def wav(sound: np.ndarray, rate: int = RATE, **options: str) -> bytes:
    raw = io.BytesIO()
    soundfile.write(raw, sound, rate, format="WAV", **options)
    return raw.getvalue()


def test_a_frame_of_25_ms_begins_every_10_ms():
    sound = tone(440).astype(np.float32)
    assert frames_of(sound).shape == (1 + (3200 - 400) // 160, 80)
    assert frames_of(sound, "mfcc").shape == (18, 39)
    assert frames_of(sound[:400]).shape == (1, 80)
    assert torch.equal(frames_of(sound), frames_of(sound))


def test_a_higher_tone_is_in_a_higher_band():
    peaks = [
        int(frames_of(tone(f).astype(np.float32)).mean(0).argmax())
        for f in (300, 600, 1200, 2400, 4800)
    ]
    assert peaks == sorted(set(peaks))


def test_differences_are_zero_where_nothing_changes():
    found = frames_of(tone(500).astype(np.float32), "mfcc")  # whole periods in 10 ms
    assert found[:, 13:].abs().max() < 1e-2 * found[:, :13].abs().max()


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100])
def test_other_rates_are_resampled(rate):
    raw = wav(tone(700, 0.3, rate), rate)
    want = frames_of(tone(700, 0.3).astype(np.float32))
    got = frames_of(samples(raw, "a.wav"))
    assert len(samples(raw, "a.wav")) == pytest.approx(4800, abs=2)
    assert int(got.mean(0).argmax()) == int(want.mean(0).argmax())


def test_channels_are_averaged_and_formats_read():
    both = np.stack([tone(440), -tone(440)], axis=1)
    assert np.abs(samples(wav(both), "a.wav")).max() < 1e-4
    for subtype in ("PCM_16", "PCM_24", "FLOAT", "ULAW"):
        got = samples(wav(tone(440), subtype=subtype), "a.wav")
        assert np.abs(got - tone(440)).max() < 0.02


def test_folders_and_archives_hold_recordings(tmp_path):
    names = ["7_ann_0.wav", "3_ann_1.wav", "7_bob_2.wav"]
    with zipfile.ZipFile(tmp_path / "digits.zip", "w") as archive:
        for k, name in enumerate(names):
            (tmp_path / name[0]).mkdir(exist_ok=True)
            (tmp_path / name[0] / name).write_bytes(wav(tone(300 + k)))
            archive.writestr(f"recordings/{name}", wav(tone(300 + k)))
        archive.writestr("README.txt", "no recording")
    pattern = r"(?P<label>\d)_[a-z]+_(?P<index>\d)"
    packed = load(tmp_path / "digits.zip", pattern=pattern, test={"index": ["0", "2"]})
    assert packed.class_names == ("3", "7")
    assert packed.y.view(-1).tolist() == [0, 1, 1]
    assert packed.parts == ["train", "test", "test"]
    assert packed[0].num_edges == 2 * (packed[0].num_nodes - 1)
    folder = load(tmp_path)
    assert folder.y.view(-1).tolist() == [0, 1, 1]
    assert folder.parts == []
    with pytest.raises(DataError, match="pattern must find a label"):
        load(tmp_path, pattern="(?P<label>x)")
    with pytest.raises(DataError, match="no regular expression"):
        load(tmp_path, pattern="(")


BAD = {
    "text": (b"no recording", "cannot be read"),
    "too short": (wav(tone(440, 0.02)), "at least as long as a frame"),
    "not finite": (wav(np.full(999, np.nan), subtype="FLOAT"), "must be finite"),
    "slow": (wav(tone(44, 9, 500), 500), "1 to 400 kHz"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_recording_is_one_clear_message(case, tmp_path):
    raw, words = BAD[case]
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.wav").write_bytes(raw)
    with pytest.raises(DataError, match=rf"{words}[^\0]*b.wav"):
        read(tmp_path)


@fuzz
@given(raw=mutated(wav(tone(440, 0.05, 8_000), 8_000)))
def test_mutated_recordings_are_read_or_refused(raw):
    with contextlib.suppress(DataError):
        frames_of(samples(raw, "mutated.wav"))
