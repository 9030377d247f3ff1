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


def losses_of(batch, settings: Settings, **more) -> list[float]:
    torch.manual_seed(7)
    return fit(
        make_model(), Classification(), [batch] * 2, [batch], settings, **more
    ).losses


def test_steps_count_instead_of_epochs(batch):
    assert len(losses_of(batch, Settings(99, steps=6))) == 3
    assert losses_of(batch, Settings(99, steps=6)) == losses_of(batch, Settings(3))


def test_seconds_count_instead_of_epochs(batch):
    assert len(losses_of(batch, Settings(9999, seconds=0.5))) < 9999


def test_patience_stops_and_takes_the_best_weights(batch):
    model = make_model()
    told = []
    fitted = fit(
        model,
        Classification(),
        [batch],
        [batch],
        Settings(60, learning_rate=0.02, patience=5),
        on_epoch=lambda fitted: told.append(evaluate(model, Classification(), [batch])),
    )
    assert len(fitted.scores) < 60
    assert len(fitted.scores) - 1 - fitted.scores.index(max(fitted.scores)) == 5
    assert evaluate(model, Classification(), [batch]) == max(told)


def test_accumulated_batches_make_one_step(batch):
    one = losses_of(batch, Settings(3, accumulate=2))
    assert one[0] != losses_of(batch, Settings(3))[0]
    assert one[-1] < one[0]


def test_mixed_precision_learns_nearly_the_same(batch):
    mixed = losses_of(batch, Settings(3, precision="bf16-mixed"))
    assert mixed == pytest.approx(losses_of(batch, Settings(3)), rel=0.05)


def test_tensorboard_gets_the_metrics(batch, tmp_path):
    pytest.importorskip("tensorboard")
    losses_of(batch, Settings(2), log=tmp_path)
    assert list(tmp_path.glob("events.out.tfevents.*"))


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"schedule": "cosin"}, "schedule must be one of"),
        ({"precision": "8"}, "precision must be one of"),
        ({"steps": 3, "seconds": 1.0}, "not both"),
        ({"seconds": 0.0}, "more than 0"),
        ({"patience": 0}, "patience must be at least 1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(terms, words):
    with pytest.raises(ValueError, match=words):
        Settings(3, **terms)
