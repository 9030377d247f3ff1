"""What `graphattn.structure` found, as node features and as biases of attention."""

from graphattn.nn.structure.degrees import DegreeEncoder as DegreeEncoder
from graphattn.nn.structure.eigenvectors import LaplacianEncoder as LaplacianEncoder
from graphattn.nn.structure.eigenvectors import (
    SignInvariantEncoder as SignInvariantEncoder,
)
from graphattn.nn.structure.eigenvectors import SpectralBias as SpectralBias
from graphattn.nn.structure.eigenvectors import SpectralEncoder as SpectralEncoder
from graphattn.nn.structure.paths import DistanceBias as DistanceBias
from graphattn.nn.structure.paths import PathBias as PathBias
from graphattn.nn.structure.walks import WalkBias as WalkBias
from graphattn.nn.structure.walks import WalkEncoder as WalkEncoder
