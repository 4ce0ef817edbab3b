"""The command line: `yidi`."""

from api.cli.app import main

__all__ = ["main"]
