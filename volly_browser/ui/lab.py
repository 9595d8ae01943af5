"""What the cells of lab.html need before they run: the JavaScript engines, and readable errors.

PyScript runs the cells in a worker, in which boot.mjs has not run.  It shows an error as HTML, in which `<module>`
would disappear and the tags in a text would be markup.
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
    """Make this worker ready to run Volly."""
    from pyscript import js_modules  # noqa: PLC0415 - only the lab has it

    provide_modules({name: getattr(js_modules, name) for name in ("webcrypto", "noble")})
    sys.excepthook = show_exception  # Pyodide, too, asks this module how to show an error


def provide_modules(modules: Mapping[str, Any]) -> None:
    """Register the JavaScript modules for `bridge.modules`, as boot.mjs does in a page.

    Args:
        modules: the exports of each JavaScript module, by its name in boot.json.
    """

    async def module(name: str) -> Any:  # noqa: ANN401 - a JavaScript module
        return modules[name]

    page = ModuleType("volly_page")
    page.module = module  # type: ignore[attr-defined]
    sys.modules["volly_page"] = page


def show_exception(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """Print an error as `sys.excepthook` does, without the interpreter's frames and escaped for HTML."""
    report = traceback.TracebackException(kind, error, where)
    report.stack = traceback.StackSummary.from_list([frame for frame in report.stack if INTERPRETER not in frame[0]])
    sys.stderr.write(html.escape("".join(report.format()), quote=False))
