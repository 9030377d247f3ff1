import sys

import pytest

from graphattn.datasets.extras import need


def test_a_missing_package_names_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(ImportError) as error:
        need("networkx", "social")
    assert str(error.value) == (
        "graphattn.datasets: this dataset needs networkx, which is not installed; "
        'run: pip install "graphattn[social]"'
    )


def test_a_package_broken_by_another_missing_one_is_not_called_missing(
    tmp_path, monkeypatch
):
    (tmp_path / "half_installed.py").write_text("import nowhere_to_be_found")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="nowhere_to_be_found"):
        need("half_installed", "app")
