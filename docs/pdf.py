"""Print the site as one PDF: `make pdf`. The pages are those that show without scripts."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
_NUMBER = """
<p style="width: 100%; text-align: center; font: 9pt sans-serif">
<span class="pageNumber"></span> / <span class="totalPages"></span></p>
"""


def print_page(page: Path, target: Path) -> None:
    """Print a page that lies on the disk, without running its scripts.

    Raises:
        SystemExit: no Chromium is installed.
    """
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if not found:
        sys.exit("overdraft: no Chromium is installed: apt-get install chromium (Debian, Ubuntu)")
    # Chromium has no sandbox for root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        context = browser.new_context(java_script_enabled=False, offline=True)
        opened = context.new_page()
        opened.goto(page.resolve().as_uri())
        opened.pdf(
            path=target,
            format="A4",
            margin={"top": "15mm", "bottom": "15mm"},
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=_NUMBER,
            print_background=True,
            outline=True,
            tagged=True,
        )
        browser.close()


if __name__ == "__main__":
    print_page(Path(sys.argv[1]), Path(sys.argv[2]))
