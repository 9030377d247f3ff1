"""Neighbourhoods of a batch of nodes, drawn hop by hop."""

from graphattn.ops.sample.op import sample as sample
from graphattn.ops.sample.records import Relation as Relation
from graphattn.ops.sample.records import Rules as Rules
from graphattn.ops.sample.records import Sample as Sample
from graphattn.ops.sample.records import Starts as Starts
