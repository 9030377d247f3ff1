"""Full attention within each of many ragged sets."""

from graphattn.ops.full.op import full as full
