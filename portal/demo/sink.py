"""The demonstration's mail server: it files each message and sends none on."""

import email
import logging
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LIMIT = 10_000_000


class Sink:
    """Files each message as `<folder>/<n>.eml`, its bytes as they came; n only ever grows."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.last = max((number(path) for path in folder.glob("*.eml")), default=0)

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """File one message. The name appears only when the whole of it is there."""
        self.last += 1
        target = self.folder / f"{self.last}.eml"
        part = target.with_suffix(".part")
        part.write_bytes(envelope.original_content or b"")
        part.replace(target)
        return "250 filed"


def number(path: Path) -> int:
    """Return a filed message's number, or 0 for a file that is none."""
    return int(path.stem) if path.stem.isdigit() else 0


def serve(folder: Path, port: int) -> Controller:
    """Start the mail server in a thread of this process; `stop()` ends it."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    controller = Controller(
        Sink(folder),
        hostname="127.0.0.1",
        port=port,
        data_size_limit=LIMIT,
        ident="demonstration",
        ready_timeout=20,  # a slow machine's first start
    )
    controller.start()
    return controller


def holds_digest(folder: Path) -> bool:
    """Return whether a digest has been filed: of all our mail it alone names a list's archive."""
    for path in folder.glob("*.eml"):
        with path.open("rb") as file:
            message = email.message_from_bytes(file.read(65536).split(b"\r\n\r\n")[0])
        if message["List-Id"] and message["List-Archive"]:
            return True
    return False
