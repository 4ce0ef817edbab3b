"""Lets `python -m api.cli` do what `yidi` does."""

from api.cli import main

main()
