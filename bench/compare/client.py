"""tftpload, the client of every scenario: started on a core of its own, and what it says at its end."""

import json
import os
import subprocess

CLIENT_CORE = 0


def start(server, file, tools, seconds, arguments):
    """Asks `server` for `file`; gives up after `seconds`."""
    command = [f"{tools}/tftpload", "-h", "127.0.0.1", "-p", str(server.port), "-f", file.name, "-L", str(seconds), *arguments.split()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            preexec_fn=lambda: os.sched_setaffinity(0, {CLIENT_CORE}))


def finish(load, seconds):
    """Its figures, when it has ended."""
    try:
        output, error = load.communicate(timeout=seconds + 30)
    except BaseException:
        load.kill()
        load.wait()
        raise
    if not output:
        raise RuntimeError(f"tftpload said nothing: {error.strip()}")
    return json.loads(output)
