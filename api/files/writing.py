"""Writing results: whole or not at all, and what is secret for its owner only."""

import errno
import os
from pathlib import Path


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """The file holds the text, or, if writing fails, still what it held before; folders are made as needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_secret(path: Path, text: str) -> None:
    """The file holds the text and only its owner can read it."""
    write(path, text, 0o600)


def secret_folder(path: Path) -> None:
    """The folder is there and only its owner can look into it."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
