"""What a trained model attends to, in numbers, and whether it matters."""

from graphattn.compare.examine.attention import Attention as Attention
from graphattn.compare.examine.attention import attention_on as attention_on
from graphattn.compare.examine.deletion import Deletion as Deletion
from graphattn.compare.examine.deletion import deletion_test as deletion_test
from graphattn.compare.examine.examination import Examined as Examined
from graphattn.compare.examine.examination import examine as examine
from graphattn.compare.examine.measures import agreement as agreement
from graphattn.compare.examine.measures import distance_profile as distance_profile
from graphattn.compare.examine.measures import entropy as entropy
from graphattn.compare.examine.measures import share as share
from graphattn.compare.examine.rollout import rollout as rollout
