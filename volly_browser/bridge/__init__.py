"""The few lines that know Pyodide: proxies, bytes, promises."""
