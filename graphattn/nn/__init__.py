"""Layers."""

from graphattn.nn import conv as conv
from graphattn.nn.accelerate import Acceleration as Acceleration
from graphattn.nn.accelerate import accelerate as accelerate
from graphattn.nn.accelerate import accelerated as accelerated
from graphattn.nn.attention import GraphAttention as GraphAttention
from graphattn.nn.block import GraphTransformerBlock as GraphTransformerBlock
from graphattn.nn.class_token import ClassToken as ClassToken
from graphattn.nn.edge_update import EdgeUpdate as EdgeUpdate
from graphattn.nn.encoder import Encoder as Encoder
from graphattn.nn.gps import GPSAttention as GPSAttention
from graphattn.nn.linear import LinearAttention as LinearAttention
from graphattn.nn.local_global import LocalGlobalAttention as LocalGlobalAttention
from graphattn.nn.net import GraphAttentionNet as GraphAttentionNet
from graphattn.nn.position import ALiBi as ALiBi
from graphattn.nn.position import LearnedEncoding as LearnedEncoding
from graphattn.nn.position import Position as Position
from graphattn.nn.position import RelativeBias as RelativeBias
from graphattn.nn.position import RelativeScore as RelativeScore
from graphattn.nn.position import RotaryEncoding as RotaryEncoding
from graphattn.nn.position import SinusoidalEncoding as SinusoidalEncoding
from graphattn.nn.position import grid_places as grid_places
from graphattn.nn.position import places_within as places_within
from graphattn.nn.readout import AttentionReadout as AttentionReadout
from graphattn.nn.readout import Readout as Readout
from graphattn.nn.readout import SetQueries as SetQueries
from graphattn.nn.residual import GatedResidual as GatedResidual
