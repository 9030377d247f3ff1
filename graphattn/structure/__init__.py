"""Where a node stands in its graph, and how two nodes lie to each other.

Functions take a graph and return tensors; the transforms write them into PyG's `Data`.
Edges are directed, as attention's are, and a graph given as undirected in PyG's way has
both directions of each edge.
"""

from graphattn.structure.degrees import in_out_degrees as in_out_degrees
from graphattn.structure.laplacian import Spectrum as Spectrum
from graphattn.structure.laplacian import (
    laplacian_eigenvectors as laplacian_eigenvectors,
)
from graphattn.structure.paths import path_means as path_means
from graphattn.structure.paths import shortest_distances as shortest_distances
from graphattn.structure.paths import shortest_paths as shortest_paths
from graphattn.structure.transforms import AddDegrees as AddDegrees
from graphattn.structure.transforms import (
    AddLaplacianEigenvectors as AddLaplacianEigenvectors,
)
from graphattn.structure.transforms import AddPairs as AddPairs
from graphattn.structure.transforms import AddPathMeans as AddPathMeans
from graphattn.structure.transforms import (
    AddReturnProbabilities as AddReturnProbabilities,
)
from graphattn.structure.transforms import AddShortestDistances as AddShortestDistances
from graphattn.structure.transforms import AddWalkProbabilities as AddWalkProbabilities
from graphattn.structure.walks import return_probabilities as return_probabilities
from graphattn.structure.walks import walk_probabilities as walk_probabilities
