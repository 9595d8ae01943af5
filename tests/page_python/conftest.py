"""What is in `within` can only run in the page's Python, where `test_page_python` runs it."""

collect_ignore = ["within"]
