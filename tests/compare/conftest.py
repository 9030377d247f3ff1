"""Small real data, loaded once."""

import pytest
from torch_geometric.data import Data

from graphattn.compare import Task, prepare
from graphattn.datasets import GraphDataset, load


@pytest.fixture(scope="session")
def molecules() -> GraphDataset:
    return load("sodium_channel")[:47]


@pytest.fixture(scope="session")
def molecule_task(molecules: GraphDataset) -> Task:
    return prepare(molecules)


@pytest.fixture(scope="session")
def karate() -> Data:
    return load("karate")


@pytest.fixture(scope="session")
def karate_task(karate: Data) -> Task:
    return prepare(karate)
