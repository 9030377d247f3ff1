import pytest
from torch import nn

from graphattn.compare.folder.records import CorruptedError
from graphattn.compare.folder.weights import load_weights, save_weights


@pytest.fixture
def saved(tmp_path):
    model = nn.Linear(5, 3)
    return (
        tmp_path / "w.safetensors",
        model,
        save_weights(tmp_path / "w.safetensors", model),
    )


def test_weights_come_back(saved):
    file, model, sha256 = saved
    other = nn.Linear(5, 3)
    load_weights(file, other, sha256)
    assert other.weight.equal(model.weight)


def test_the_checkpoint_of_another_model_is_named(saved):
    file, _, sha256 = saved
    with pytest.raises(ValueError, match="of another model") as caught:
        load_weights(file, nn.Linear(7, 3), sha256)
    for words in (file.name, "weight", "[3, 7]", "[3, 5]"):
        assert words in str(caught.value)
    with pytest.raises(ValueError, match="not there"):
        load_weights(file, nn.Linear(5, 3, bias=False), sha256)


@pytest.mark.parametrize("sha256", [True, False])
def test_a_file_cut_short_is_noticed(saved, sha256):
    file, _, digest = saved
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(CorruptedError, match=file.name):
        load_weights(file, nn.Linear(5, 3), digest if sha256 else None)


def test_a_file_that_is_gone_is_named(tmp_path):
    with pytest.raises(CorruptedError, match="missing"):
        load_weights(tmp_path / "w.safetensors", nn.Linear(5, 3))
