"""Runs a script of bash on a terminal of its own, as a person who answers each question with the name it asks for.

Argument: the script. Output: what the terminal showed. Exit code: the script's.
"""

import fcntl
import os
import pty
import re
import struct
import sys
import termios

QUESTION = re.compile(rb'Type "([^"]+)" to continue: $')

child, terminal = pty.fork()
if child == 0:
    os.execvp("bash", ["bash", "-e", "-o", "pipefail", "-c", sys.argv[1]])

fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 140, 0, 0))
seen = b""
while True:
    try:
        data = os.read(terminal, 65_536)
    except OSError:  # Linux, at the end
        data = b""
    if data == b"":
        break
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    seen = (seen + data)[-4_096:]
    question = QUESTION.search(seen)
    if question is not None:
        os.write(terminal, question.group(1) + b"\n")
        seen = b""

sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
