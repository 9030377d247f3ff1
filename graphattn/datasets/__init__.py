"""Data to attend on: named datasets, the user's own files, and splits."""

from graphattn.datasets import splits as splits
from graphattn.datasets.cards import Card as Card
from graphattn.datasets.cards import card as card
from graphattn.datasets.cards import names as names
from graphattn.datasets.columns import Columns as Columns
from graphattn.datasets.errors import DataError as DataError
from graphattn.datasets.errors import Skipped as Skipped
from graphattn.datasets.graph_dataset import GraphDataset as GraphDataset
from graphattn.datasets.links import LinkSplit as LinkSplit
from graphattn.datasets.links import links as links
from graphattn.datasets.loading import load as load
from graphattn.datasets.masks import public as public
from graphattn.datasets.masks import with_split as with_split
from graphattn.datasets.molecules.back import to_rdkit as to_rdkit
from graphattn.datasets.molecules.given import from_molecules as from_molecules
from graphattn.datasets.molecules.graph import ATOM_SIZES as ATOM_SIZES
from graphattn.datasets.molecules.graph import BOND_SIZES as BOND_SIZES
from graphattn.datasets.molecules.graph import from_rdkit as from_rdkit
from graphattn.datasets.molecules.graph import from_smiles as from_smiles
from graphattn.datasets.molecules.scaffolds import murcko_scaffold as murcko_scaffold
from graphattn.datasets.social.networkx_graph import from_networkx as from_networkx
