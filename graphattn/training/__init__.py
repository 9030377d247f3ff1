"""Fit and evaluate: a thin layer over Lightning."""

from graphattn.training.fit import Fitted as Fitted
from graphattn.training.fit import evaluate as evaluate
from graphattn.training.fit import fit as fit
from graphattn.training.metrics import OF_ANSWERS as OF_ANSWERS
from graphattn.training.metrics import OF_CLASSES as OF_CLASSES
from graphattn.training.metrics import OF_NUMBERS as OF_NUMBERS
from graphattn.training.metrics import metric_named as metric_named
from graphattn.training.objective import Classification as Classification
from graphattn.training.objective import Labels as Labels
from graphattn.training.objective import Objective as Objective
from graphattn.training.objective import Regression as Regression
from graphattn.training.settings import Settings as Settings
from graphattn.training.share import Share as Share
from graphattn.training.share import own_share as own_share
