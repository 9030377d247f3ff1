import signal

import pytest
import torch
from torch import nn

from graphattn.models import NodePredictor
from graphattn.training import Classification, Settings, evaluate, fit
from tests.models.cases import make_batch, make_encoder


@pytest.fixture
def batch():
    batch = make_batch()
    return batch.__class__(**{**vars(batch), "y": batch.batch})


def make_model() -> nn.Module:
    return NodePredictor(make_encoder(), 3)


def test_it_learns(batch):
    settings = Settings(23, learning_rate=0.02)
    fitted = fit(make_model(), Classification(), [batch], [batch], settings)
    assert fitted.losses[-1] < 0.5 * fitted.losses[0]
    assert fitted.scores[-1] > fitted.scores[0]
    assert len(fitted.seconds) == 23


def test_the_same_seed_gives_the_same_weights(batch):
    states = []
    for _ in range(2):
        model = make_model()
        fit(model, Classification(), [batch, batch], [batch], Settings(2))
        states.append(model.state_dict())
    torch.testing.assert_close(*states, rtol=0, atol=0)


def test_nothing_is_printed_or_left_on_disk(batch, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fit(make_model(), Classification(), [batch], [batch], Settings(1))
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_comes_through_and_still_works_afterwards(batch):
    handler = signal.getsignal(signal.SIGINT)

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(
            make_model(),
            Classification(),
            [batch],
            [batch],
            Settings(3),
            on_epoch=stop,
        )
    assert signal.getsignal(signal.SIGINT) is handler


def test_evaluation_leaves_the_mode_as_it_was(batch):
    model = make_model().train()
    first = evaluate(model, Classification(), [batch, batch])
    assert model.training
    assert first == evaluate(model.eval(), Classification(), [batch])


def test_epochs_are_at_least_one():
    with pytest.raises(ValueError, match="epochs must be at least 1"):
        Settings(0)
