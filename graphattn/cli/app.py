"""The command line: parse, call, print."""

import typer

from graphattn.cli import datasets
from graphattn.cli.compare import compare
from graphattn.cli.info import info
from graphattn.cli.models import explain, predict
from graphattn.cli.train import train

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Graph attention: who may attend to whom, and does it matter?",
)
app.command()(compare)
app.command()(train)
app.command()(predict)
app.command()(explain)
app.command()(info)
app.add_typer(datasets.app, name="datasets")
