"""PyScript, as far as the lab uses it."""

from typing import Any

js_modules: Any
