"""Complete small models: the same parameters, whoever attends to whom."""

from graphattn.models.batch import GraphBatch as GraphBatch
from graphattn.models.encoder import GraphEncoder as GraphEncoder
from graphattn.models.encoder import Predictor as Predictor
from graphattn.models.graph import GraphPredictor as GraphPredictor
from graphattn.models.inputs import Columns as Columns
from graphattn.models.inputs import ColumnSum as ColumnSum
from graphattn.models.inputs import NodeInput as NodeInput
from graphattn.models.node import NodePredictor as NodePredictor
