"""Mini-batches of large graphs: neighbours drawn natively, for PyG's own loaders."""

from graphattn.sampling.loaders import link_neighbor_loader as link_neighbor_loader
from graphattn.sampling.loaders import neighbor_loader as neighbor_loader
from graphattn.sampling.sampler import NeighborSampler as NeighborSampler
