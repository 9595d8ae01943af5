import asyncio
import contextlib
import os
from pathlib import Path

from volly_browser.room.labels import TEXT_BYTES_LIMIT
from volly_browser.terminal.input_lines import READ_AT_ONCE, LineTooLong, Splitter, read_lines


def test_lines_are_put_together_however_they_come() -> None:
    splitter = Splitter()
    assert splitter.feed("one\r\ntwö"[:5].encode()) == ["one"]
    assert splitter.feed("twö\n\nend".encode()) == ["twö", ""]
    assert splitter.end() == ["end"]
    assert splitter.end() == []


def test_bytes_that_are_no_text_are_marked() -> None:
    assert Splitter().feed(b"a\xffb\n") == ["a\ufffdb"]


def test_a_line_without_end_takes_bounded_memory_and_the_next_one_is_read() -> None:
    splitter = Splitter()
    assert splitter.feed(b"x" * TEXT_BYTES_LIMIT + b"\n") == ["x" * TEXT_BYTES_LIMIT]
    for _ in range(100):
        assert splitter.feed(b"x" * READ_AT_ONCE) == []
        assert len(splitter._begun) <= TEXT_BYTES_LIMIT
    refused, following = splitter.feed(b"x\nnext\n")
    assert isinstance(refused, LineTooLong)
    assert following == "next"
    splitter.feed(b"x" * (TEXT_BYTES_LIMIT + 1))
    assert isinstance(splitter.end()[0], LineTooLong)


async def test_a_pipe_is_read_to_its_end() -> None:
    reads, writes = os.pipe()
    os.write(writes, b"one\ntwo")
    os.close(writes)
    assert [line async for line in read_lines(reads)] == ["one", "two"]
    os.close(reads)


async def test_a_file_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("one\n" * 40_000)
    with path.open() as file:
        assert len([line async for line in read_lines(file.fileno())]) == 40_000


async def test_no_more_is_read_than_is_taken() -> None:
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    lines = read_lines(reads)
    os.write(writes, b"first\n")
    assert await anext(lines) == "first"
    written = 0
    with contextlib.suppress(BlockingIOError):
        while written < 100 * READ_AT_ONCE:
            written += os.write(writes, b"x\n" * 1000)
            await asyncio.sleep(0.001)
    os.close(writes)
    assert written < 10 * READ_AT_ONCE


async def test_an_input_that_cannot_be_read_is_empty() -> None:
    reads, writes = os.pipe()
    os.close(writes)
    os.close(reads)
    assert [line async for line in read_lines(reads)] == []
