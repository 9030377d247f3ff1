"""The study: the same model on several adjacencies, with paired statistics."""

from graphattn.compare.engine import Outcome as Outcome
from graphattn.compare.engine import Watch as Watch
from graphattn.compare.engine import run_study as run_study
from graphattn.compare.parallel import usable_processors as usable_processors
from graphattn.compare.sources import load_task as load_task
from graphattn.compare.structures import Structure as Structure
from graphattn.compare.structures import parse as parse
from graphattn.compare.study import DEFAULT_DATA as DEFAULT_DATA
from graphattn.compare.study import Study as Study
from graphattn.compare.task import Task as Task
from graphattn.compare.task import prepare as prepare
