"""Complete small models: the same parameters, whoever attends to whom."""

from graphattn.models.batch import GraphBatch as GraphBatch
from graphattn.models.encoder import GraphEncoder as GraphEncoder
from graphattn.models.encoder import Predictor as Predictor
from graphattn.models.generation import beam_search as beam_search
from graphattn.models.generation import greedy as greedy
from graphattn.models.generation import sample as sample
from graphattn.models.graph import GraphPredictor as GraphPredictor
from graphattn.models.image import ImageClassifier as ImageClassifier
from graphattn.models.inputs import Columns as Columns
from graphattn.models.inputs import ColumnSum as ColumnSum
from graphattn.models.inputs import NodeInput as NodeInput
from graphattn.models.language import LanguageModel as LanguageModel
from graphattn.models.language import SequenceToSequence as SequenceToSequence
from graphattn.models.link import LinkPredictor as LinkPredictor
from graphattn.models.node import NodePredictor as NodePredictor
from graphattn.models.sequence import SequenceClassifier as SequenceClassifier
from graphattn.models.sequence import SequenceInput as SequenceInput
from graphattn.models.sequence import Sequences as Sequences
from graphattn.models.sequence import SequenceTagger as SequenceTagger
