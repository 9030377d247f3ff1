"""The command line."""

from graphattn.cli.app import app as app
