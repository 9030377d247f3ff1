"""Small encoders, decoders and inputs in double precision."""

import torch
from torch import nn

from graphattn.models import Columns, SequenceInput
from graphattn.nn import Decoder, DecoderBlock, Encoder, GraphTransformerBlock
from graphattn.nn import SinusoidalEncoding as Sinusoidal

WORDS = 17


def encoder(layers=2, **options) -> Encoder:
    return Encoder(GraphTransformerBlock(12, 3, **options) for _ in range(layers))


def decoder(layers=2, **options) -> Decoder:
    return Decoder(DecoderBlock(12, 3, **options) for _ in range(layers))


def words(position=True) -> SequenceInput:
    place = Sinusoidal(12) if position else None
    return SequenceInput(Columns(1, (WORDS,)), 12, position=place)


def ready(model: nn.Module) -> nn.Module:
    return model.double().eval()


def sentences(*lengths: int) -> list[torch.Tensor]:
    return [torch.randint(WORDS, (length,)) for length in lengths]
