"""Where a node stands: encodings added to its features, and how places enter a score.

Attention alone does not know the order of its nodes. `SinusoidalEncoding` and
`LearnedEncoding` are added to features; the others are given to ``GraphAttention(...,
position=...)`` or applied to queries, keys and edges by hand. A place is a number per
node, or one number per axis; by default it is the place within the node's set.
"""

from graphattn.nn.position.alibi import ALiBi as ALiBi
from graphattn.nn.position.base import PairBias as PairBias
from graphattn.nn.position.base import Position as Position
from graphattn.nn.position.learned import LearnedEncoding as LearnedEncoding
from graphattn.nn.position.places import Place as Place
from graphattn.nn.position.places import grid_places as grid_places
from graphattn.nn.position.places import places_within as places_within
from graphattn.nn.position.relative import RelativeBias as RelativeBias
from graphattn.nn.position.rotary import RotaryEncoding as RotaryEncoding
from graphattn.nn.position.sinusoidal import SinusoidalEncoding as SinusoidalEncoding
from graphattn.nn.position.transformer_xl import RelativeScore as RelativeScore
