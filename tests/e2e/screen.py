"""A terminal of a test's own: a program runs on a pty, and what a person would see is read off a screen.

The screen knows what smokegate uses (carriage return, line feed, erase to the end of the line, clear, home, colours) and
refuses everything else, so that a control character that slipped through is an error and not a picture.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unicodedata

TOKEN = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])|(\r)|(\n)|([^\x00-\x1f\x7f])", re.S)


class Screen:
    def __init__(self, columns):
        self.columns = columns
        self.lines, self.column = [""], 0
        self.drawn = []    # every progress line, as it was drawn
        self.wrapped = []  # of those, which did not fit
        self.erased = self.progressing = False  # what comes may be a progress line; is one

    def feed(self, text):
        at = 0
        while at < len(text):
            token = TOKEN.match(text, at)
            assert token, f"a control character that nobody should send: {text[at:at + 20]!r}"
            at = token.end()
            argument, final, back, line, character = token.groups()
            if final:
                self.control(argument, final)
            elif back:
                self.column = 0
            elif line:
                self.end_of_line()
            else:
                self.put(character)

    def control(self, argument, final):
        if final == "K" and argument in ("", "0"):
            self.lines[-1] = self.lines[-1][:self.column]
            self.erased, self.progressing = self.column == 0, False
        elif final == "J" and argument == "2":
            self.lines, self.column = [""], 0
        else:
            assert final == "m" or (final == "H" and not argument), f"an escape nobody should send: {argument}{final}"

    def end_of_line(self):
        self.lines.append("")
        self.column = 0
        self.progressing = False

    def put(self, character):
        if self.erased:
            self.erased, self.progressing = False, character == "["
            self.drawn += [""] * self.progressing
        if unicodedata.combining(character):
            return
        width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if self.column + width > self.columns:
            if self.progressing:
                self.wrapped.append(self.drawn[-1] + character)
            self.lines.append("")
            self.column = 0
        self.lines[-1] = self.lines[-1][:self.column] + character
        self.column += width
        if self.progressing:
            self.drawn[-1] += character


class OnTerminal:
    """A program whose stderr, and stdout unless it goes elsewhere, is a terminal of so many columns."""

    def __init__(self, arguments, cwd, env, columns=80, stdout=None):
        self.ours, theirs = pty.openpty()
        self.screen = Screen(columns)
        self.raw = b""
        self.resize(columns)
        attributes = termios.tcgetattr(theirs)
        attributes[1] &= ~termios.OPOST  # line feeds as they are written
        termios.tcsetattr(theirs, termios.TCSANOW, attributes)
        self.process = subprocess.Popen(arguments, cwd=cwd, env=env, stdin=theirs, stdout=stdout or theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)

    def resize(self, columns):
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.screen.columns = columns
        if hasattr(self, "process"):
            self.process.send_signal(signal.SIGWINCH)

    def read(self, seconds):
        """Reads what there is; False when the terminal is closed."""
        ready, _, _ = select.select([self.ours], [], [], seconds)
        if not ready:
            return True
        try:
            chunk = os.read(self.ours, 65536)
        except OSError:  # nobody has it open any more
            return False
        self.raw += chunk
        self.pending = getattr(self, "pending", b"") + chunk
        # Whole characters and whole escapes only; the rest waits for the next chunk.
        cut = re.search(rb"(\x1b(\[[0-9;]*)?|[\xc0-\xff][\x80-\xbf]{0,2})$", self.pending)
        whole = self.pending[:cut.start()] if cut and not self.is_whole(cut.group()) else self.pending
        self.pending = self.pending[len(whole):]
        self.screen.feed(whole.decode())
        return bool(chunk)

    @staticmethod
    def is_whole(tail):
        try:
            return tail[:1] != b"\x1b" and bool(tail.decode())
        except UnicodeDecodeError:
            return False

    def until(self, is_there, seconds=30):
        """Reads until `is_there(screen)`; an AssertionError shows the screen otherwise."""
        deadline = time.monotonic() + seconds
        while not is_there(self.screen):
            alive = self.read(0.05)
            assert alive and time.monotonic() < deadline, "never seen; the screen:\n" + "\n".join(self.screen.lines)

    def finish(self, seconds=60):
        """Reads to the end; returns the exit code."""
        deadline = time.monotonic() + seconds
        while self.read(0.05):
            assert time.monotonic() < deadline, "it does not end; the screen:\n" + "\n".join(self.screen.lines)
        return self.process.wait(seconds)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.ours)
