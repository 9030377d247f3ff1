"""The command line: parse, call, print."""

import typer

from graphattn.cli import datasets
from graphattn.cli.compare import compare
from graphattn.cli.info import info

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Graph attention: who may attend to whom, and does it matter?",
)
app.command()(compare)
app.command()(info)
app.add_typer(datasets.app, name="datasets")
