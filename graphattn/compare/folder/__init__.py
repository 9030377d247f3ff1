"""A study on disk: its terms, and every run as it ends; safe to stop at any moment."""

from graphattn.compare.folder.checksums import checksum as checksum
from graphattn.compare.folder.config import read_config as read_config
from graphattn.compare.folder.config import write_config as write_config
from graphattn.compare.folder.files import check_writable as check_writable
from graphattn.compare.folder.files import write_atomically as write_atomically
from graphattn.compare.folder.places import Places as Places
from graphattn.compare.folder.records import CorruptedError as CorruptedError
from graphattn.compare.folder.records import read_record as read_record
from graphattn.compare.folder.records import write_record as write_record
from graphattn.compare.folder.shared import Shared as Shared
