"""What the cells of lab.html need before they run: the JavaScript engines, and errors that can be read.

PyScript runs the cells in a worker, where boot.mjs has not been; and it shows an error as HTML, in which `<module>`
would disappear and a text with tags in it would do as it likes.
"""

import html
import sys
import traceback
from collections.abc import Mapping
from types import ModuleType, TracebackType
from typing import Any

INTERPRETER = "/_pyodide/"
"""Part of the file name of every frame that is Pyodide's own."""


def prepare() -> None:
    """Make this worker one in which Volly runs."""
    from pyscript import js_modules  # noqa: PLC0415 - only the lab has it

    provide_modules({name: getattr(js_modules, name) for name in ("webcrypto", "noble")})
    sys.excepthook = show_exception  # by which Pyodide, too, learns what to say of an error


def provide_modules(modules: Mapping[str, Any]) -> None:
    """Answer `bridge.modules` in place of boot.mjs.

    Args:
        modules: the exports of each JavaScript module, by its name in boot.json.
    """

    async def module(name: str) -> Any:  # noqa: ANN401 - a JavaScript module
        return modules[name]

    page = ModuleType("volly_page")
    page.module = module  # type: ignore[attr-defined]
    sys.modules["volly_page"] = page


def show_exception(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """Print an error as `sys.excepthook` does, without the frames of the interpreter, and fit to stand in HTML."""
    report = traceback.TracebackException(kind, error, where)
    report.stack = traceback.StackSummary.from_list([frame for frame in report.stack if INTERPRETER not in frame[0]])
    sys.stderr.write(html.escape("".join(report.format()), quote=False))
