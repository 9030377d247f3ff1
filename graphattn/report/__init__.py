"""What a study leaves behind: words, tables, pictures, files."""

from graphattn.report.progress import ProgressView as ProgressView
from graphattn.report.tables import markdown as markdown
from graphattn.report.tables import rich_table as rich_table
from graphattn.report.terminal import print_outcome as print_outcome
from graphattn.report.words import limits as limits
from graphattn.report.words import question as question
from graphattn.report.words import sentences as sentences
from graphattn.report.write import to_json as to_json
from graphattn.report.write import write_report as write_report
