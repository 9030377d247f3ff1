import pytest

from graphattn.compare import Study, run_study
from graphattn.compare.folder.trained import trained
from graphattn.compare.splitting import split
from graphattn.compare.task import Task

TINY = Study(
    attention="full,rewired", seeds=2, epochs=2, layers=1, channels=12, heads=3
)


class Silent:
    def epoch(self, run) -> None: ...

    def run(self, result) -> None: ...

    def found(self, result) -> None: ...

    def note(self, text) -> None: ...


@pytest.fixture(params=["karate_task", "molecule_task"])
def task(request) -> Task:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("name", ["full", "rewired"])
def test_models_say_what_their_runs_were_judged_by(task, name, tmp_path):
    outcome = run_study(TINY, [task], Silent(), folder=tmp_path)
    scores = {run.seed: run.score for run in outcome.runs if run.structure == name}
    models = trained(tmp_path, name, None)
    for member, said in zip(models.members, models.predict(task), strict=True):
        test = split(task, None, member.seed).test
        y, answers = task.graphs.y[test], said[test]
        if task.is_regression:
            got = (answers - y).square().mean().sqrt()
        else:
            got = (answers.argmax(1) == y).float().mean()
        assert float(got) == pytest.approx(scores[member.seed], abs=1e-5)


def test_the_structure_is_edges_or_else_what_there_is(karate_task, tmp_path):
    run_study(TINY, [karate_task], Silent(), folder=tmp_path)
    assert trained(tmp_path, None, "karate").structure == "full"
    with pytest.raises(ValueError, match=r"(?s)no models of this .*'full', 'rewired'"):
        trained(tmp_path, "edges", None)
