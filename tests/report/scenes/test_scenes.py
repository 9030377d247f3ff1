from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from graphattn.compare import Task, load_task, prepare
from graphattn.datasets import load
from graphattn.report.scenes import Scene, scenes
from graphattn.report.scenes.choosing import spread
from graphattn.report.scenes.network import layout, ties_among

DATA = {
    "sodium_channel": "molecule",
    "karate": "network",
    "digits": "pixels",
    "sodium_channel_smiles": "tokens",
}


def task_of(name: str) -> Task:
    return load_task(name, {}) if name == "karate" else prepare(load(name)[:23])


@pytest.fixture(params=DATA)
def drawn(request) -> tuple[Task, list[Scene]]:
    task = task_of(request.param)
    found = scenes(task, torch.arange(20), 5)
    assert {scene.kind for scene in found} == {DATA[request.param]}
    return task, found


def test_every_node_has_a_place_and_a_name_inside_the_drawing(drawn):
    task, found = drawn
    assert len(found) == (1 if task.level == "node" else 5)
    for scene in found:
        assert len(scene.nodes) == int(task.graphs.sizes[scene.graph])
        assert len(set(scene.names)) == len(scene.names) == len(scene.nodes)
        assert scene.places.shape == scene.sizes.shape == (len(scene.nodes), 2)
        assert np.all(scene.places >= 0)
        assert np.all(scene.places <= (scene.width, scene.height))
        gaps = np.linalg.norm(scene.places[:, None] - scene.places[None], axis=2)
        assert (gaps + 99 * np.eye(len(gaps))).min() > 7


def test_the_backdrop_is_well_formed_and_takes_the_colour_of_the_text(drawn):
    for scene in drawn[1]:
        ElementTree.fromstring(f"<svg>{scene.backdrop}</svg>")
        assert "#000000" not in scene.backdrop
        assert "class='atom" not in scene.backdrop


def test_a_node_of_a_large_network_is_drawn_with_those_around_it(monkeypatch):
    monkeypatch.setattr("graphattn.report.scenes.network.LARGEST", 20)
    monkeypatch.setattr("graphattn.report.scenes.network._AROUND", 11)
    task = load_task("karate", {})
    found = scenes(task, torch.arange(34), 3)
    assert [len(scene.nodes) for scene in found] == [11, 11, 11]
    assert all(scene.item == int(scene.nodes[0]) for scene in found)
    degree = torch.bincount(task.graphs.edges.index[1])
    assert degree[found[0].item] < degree[found[1].item] < degree[found[2].item]


@pytest.mark.parametrize("size", [1, 2])
def test_tiny_networks_can_be_drawn(size):
    lonely = torch.tensor([[0], [0]]) if size == 1 else torch.tensor([[0, 1], [1, 0]])
    ties = ties_among(lonely, torch.arange(size), size)
    assert layout(size, ties).shape == (size, 2)


def test_single_words_are_shown_only_where_there_is_nothing_longer(tmp_path):
    file = tmp_path / "a.tsv"
    file.write_text("yes\ta\nno\tb\nso it is not bad\ta\nso it is not good\tb\n")
    task = load_task(str(file), {})
    shown = [scene.graph for scene in scenes(task, torch.arange(4), 4)]
    assert sorted(shown) == [2, 3]
    assert sorted(s.graph for s in scenes(task, torch.arange(2), 4)) == [0, 1]


def test_the_chosen_are_spread_over_the_sizes():
    sizes = torch.tensor([9, 1, 5, 3, 7, 2, 8])
    items = torch.arange(10, 17)
    assert spread(items, sizes, 3) == [15, 12, 16]
    assert sorted(spread(items, sizes, 50)) == sorted(items.tolist())
