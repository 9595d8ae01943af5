"""What other hosts need: headers for Cloudflare Pages or Netlify, a piece of nginx configuration, a list of hashes."""

import hashlib
from pathlib import Path

from volly_browser.server import headers

HEADERS_FILE = "_headers"
NGINX_FILE = "nginx.conf"
MANIFEST_FILE = "manifest.sha256"


def write(site: Path, livekit_url: str | None) -> None:
    """Write `_headers`, `nginx.conf` and, last, `manifest.sha256` over everything that is there then."""
    immutable = sorted(f"/{path.name}/*" for path in site.iterdir() if path.is_dir())
    (site / HEADERS_FILE).write_text(_headers_file(immutable, livekit_url))
    (site / NGINX_FILE).write_text(_nginx(livekit_url))
    (site / MANIFEST_FILE).write_text(_manifest(site))


def _headers_file(immutable: list[str], livekit_url: str | None) -> str:
    """Write paths with their headers below; if two paths match, `! Name` removes what an earlier one set."""
    everywhere = {**headers.for_path("/", livekit_url), "Cache-Control": headers.REVALIDATE}
    lab = headers.for_path(headers.LAB_PATH, livekit_url)["Content-Security-Policy"]
    blocks = [("/*", [f"{name}: {value}" for name, value in everywhere.items()])]
    blocks += [(path, ["! Cache-Control", f"Cache-Control: {headers.IMMUTABLE}"]) for path in immutable]
    for path in (headers.LAB_PATH, headers.LAB_PATH.removesuffix(".html")):
        blocks.append((path, ["! Content-Security-Policy", f"Content-Security-Policy: {lab}"]))
    return "\n".join("\n".join([path, *(f"  {line}" for line in lines)]) for path, lines in blocks) + "\n"


def _nginx(livekit_url: str | None) -> str:
    """Write a file to `include` in a server block; add_header is not inherited, so each location repeats all."""

    def location(match: str, path: str, cache_control: str) -> str:
        fields = {**headers.for_path(path, livekit_url), "Cache-Control": cache_control}
        lines = "\n".join(f'    add_header {name} "{value}" always;' for name, value in fields.items())
        return f"location {match} {{\n{lines}\n}}\n"

    return "\n".join(
        [
            "# Include this in the server block whose root is this folder, and pass /token on to the token service.",
            "types { text/html html; text/css css; text/javascript js mjs; text/plain txt; application/wasm wasm;",
            "        application/json json; application/manifest+json webmanifest; application/zip whl zip;",
            "        image/svg+xml svg; image/png png; }",
            "# A mail program that writes %23 for the # of an invite sends its secret here, so nothing is logged.",
            "access_log off;",
            "log_not_found off;",
            "charset utf-8;",
            "gzip_static on;",
            "# brotli_static on;  # with the module ngx_brotli",
            "error_page 404 /404.html;",
            location("/", "/", headers.REVALIDATE),
            location(f"= {headers.LAB_PATH}", headers.LAB_PATH, headers.REVALIDATE),
            location(f'~ "{headers.IMMUTABLE_PATHS}"', "/", headers.IMMUTABLE),
        ]
    )


def _manifest(site: Path) -> str:
    """Hash all files as `sha256sum` does, so that people can rebuild the site and compare."""
    paths = sorted(path for path in site.rglob("*") if path.is_file())
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(site).as_posix()}\n" for path in paths
    )
