"""Programs that stand in for those of a machine."""

from pathlib import Path


def add_program(path: Path, script: str, *, interpreter: str = "/bin/sh") -> Path:
    """Write a program that can be run; gives its path."""
    path.write_text(f"#!{interpreter}\n{script}\n")
    path.chmod(0o755)
    return path
