#!/usr/bin/env python3
"""Makes the pictures of the README by running the program.

    pip install pyte; docs/pictures/make.py

terminal.svg is the screen of a terminal in which the first example has run, as it was left. report.png is the
report of that run in a headless Chromium, if there is one. The example's folder is copied before, so that nothing
in the checkout changes.
"""

import html
import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pyte

COLUMNS, ROWS = 116, 40
CELL_WIDTH, LINE_HEIGHT, MARGIN, BAR = 8.4, 19, 16, 34
HERE = Path(__file__).resolve().parent
HOME = HERE.parent.parent
COLORS = {
    "default": "#d7dae0", "black": "#5c6370", "red": "#e06c75", "green": "#98c379", "brown": "#e5c07b",
    "blue": "#61afef", "magenta": "#c678dd", "cyan": "#56b6c2", "white": "#ffffff",
}


def run(command, folder, typed):
    """Runs a command in a terminal of its own and returns its screen."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    environment = {k: v for k, v in os.environ.items() if k != "ANTHROPIC_API_KEY"}
    environment.update(TERM="xterm-256color", COLUMNS=str(COLUMNS), LINES=str(ROWS))
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe(command[0], command, environment)
    stream.feed(f"\x1b[1m$ {typed}\x1b[0m\r\n".encode())
    while select.select([terminal], [], [], 600)[0]:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        stream.feed(data)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status != 0:
        sys.exit(f"{typed} ended with {status}:\n" + "\n".join(screen.display))
    return screen


def spans(line):
    """Runs of characters that look alike: column, text, color, bold."""
    found = []
    for column in range(COLUMNS):
        cell = line[column]
        look = (cell.fg, cell.bold)
        if found and found[-1][2] == look:
            found[-1][1] += cell.data
        else:
            found.append([column, cell.data, look])
    return [(c, t.rstrip(), *look) for c, t, look in found if t.strip()]


def svg(screen, title):
    used = max(i for i, line in enumerate(screen.display) if line.strip()) + 1
    width, height = COLUMNS * CELL_WIDTH + 2 * MARGIN, BAR + used * LINE_HEIGHT + 2 * MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}"'
        ' font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">',
        f"<title>{html.escape(title)}</title>",
        '<rect width="100%" height="100%" rx="8" fill="#1e2127"/>',
    ]
    for i, color in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        out.append(f'<circle cx="{20 + 20 * i}" cy="18" r="6" fill="{color}"/>')
    for row in range(used):
        y = BAR + MARGIN + row * LINE_HEIGHT + 4
        for column, text, color, bold in spans(screen.buffer[row]):
            fill = COLORS.get(color, f"#{color}" if len(color) == 6 else COLORS["default"])
            weight = ' font-weight="bold"' if bold else ""
            length = len(text) * CELL_WIDTH
            out.append(
                f'<text x="{MARGIN + column * CELL_WIDTH:.1f}" y="{y}" fill="{fill}"{weight} xml:space="preserve"'
                f' textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs">{html.escape(text)}</text>'
            )
    return "\n".join(out + ["</svg>", ""])


def main():
    with tempfile.TemporaryDirectory() as scratch:
        example = "examples/jargon-triage"
        shutil.copytree(HOME / example, Path(scratch) / example)
        for left in ("results.csv", "report.html", "failed.jsonl", "pipeline.state.db"):
            (Path(scratch) / example / left).unlink(missing_ok=True)
        typed = f"./nightmail run {example}/pipeline.yaml"
        screen = run([str(HOME / "nightmail"), "run", f"{example}/pipeline.yaml"], scratch, typed)
        (HERE / "terminal.svg").write_text(svg(screen, typed))
        browser = next((b for b in ("chromium", "chromium-browser", "google-chrome") if shutil.which(b)), None)
        if browser is None:
            sys.exit("report.png is left as it is: there is no Chromium")
        report = Path(scratch) / example / "report.html"
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1000,900",
             f"--screenshot={HERE / 'report.png'}", report.as_uri()],
            check=True, capture_output=True)


if __name__ == "__main__":
    main()
