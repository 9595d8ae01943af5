"""The part of Pyodide's own package that Volly uses."""

__version__: str
