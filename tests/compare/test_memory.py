import pytest

from graphattn.compare import Study
from graphattn.compare.graphs import collate
from graphattn.compare.memory import can_measure_cpu, peak_bytes
from graphattn.compare.run import build_model


@pytest.mark.skipif(not can_measure_cpu(), reason="needs Linux's /proc and glibc")
def test_more_molecules_take_more_memory(molecule_task):
    study = Study()
    model = build_model(molecule_task, study, seed=0)
    everything = molecule_task.graphs.ptr.new_tensor(range(47))
    objective = molecule_task.objective(everything)
    few, many = (
        peak_bytes(model, objective, collate(molecule_task.graphs, None, chosen))
        for chosen in (everything[:5], everything)
    )
    assert 3 * few < many
    assert all(parameter.grad is None for parameter in model.parameters())
