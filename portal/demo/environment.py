"""The environment of `demo`, `bench` and `summarise`, composed before settings load.

Settings have no defaults for the database and the broker, so that a typing error in production
never starts on an empty database. These commands therefore write down first what the settings
then read, and ignore what the caller's environment says.
"""

import argparse
import atexit
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from portal.embedded import EmbeddedError, keep_bytecode, servers, urls

BASE = Path(__file__).resolve().parents[2]
OTHERS = (
    "ANSWER_SECONDS",
    "BEHIND_PROXY",
    "CI",
    "DEFAULT_FROM_EMAIL",
    "DEMO",
    "DEMO_OUTBOX",
    "MAIL_DOMAIN",
    "SSL_REDIRECT",
    "STAFF_SECOND_FACTOR",
)


@dataclass(frozen=True)
class Options:
    """What was asked of `manage.py demo`."""

    port: int
    data: Path
    empty: bool
    once: bool
    database: str
    broker: str


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `demo`, once for Django's parser and for ours."""
    parser.add_argument("--port", type=_port, default=8000, help="the site's port (8000)")
    parser.add_argument("--data", type=Path, default=BASE / "var", help="data folder (var/)")
    parser.add_argument("--empty", action="store_true", help="load no sample comments")
    parser.add_argument(
        "--once", action="store_true", help="stop once the first digest has been delivered"
    )
    parser.add_argument(
        "--database", type=_database, default="", metavar="URL", help="another PostgreSQL"
    )
    parser.add_argument(
        "--broker", type=_broker, default="", metavar="URL", help="another Redis or Valkey"
    )


def add_bench_options(parser: argparse.ArgumentParser) -> None:
    """Declare the option of `bench` that says where its database is, once for both parsers."""
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep what was filled there, and use it again"
    )


def compose_environment(argv: Sequence[str]) -> None:
    """Write the environment of `demo`, `bench` and `summarise`; leave any other's alone."""
    command = argv[1] if len(argv) > 1 else ""
    if command == "demo":
        parser = argparse.ArgumentParser(prog="manage.py demo", add_help=False)
        add_options(parser)
        known, _ = parser.parse_known_args(argv[2:])
        _compose_demo(Options(**vars(known)))
    elif command == "bench":
        parser = argparse.ArgumentParser(prog="manage.py bench", add_help=False)
        add_bench_options(parser)
        _compose_bench(parser.parse_known_args(argv[2:])[0].keep)
    elif command == "summarise":
        _compose_without_services()


def free_port() -> int:
    """Return a port of this machine's own that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _compose_demo(options: Options) -> None:
    """Describe a demonstration on its data folder; the servers are started by the command."""
    ours = urls(options.data)
    keep_bytecode()
    _compose(
        SECRET_KEY=_secret_key(options.data),
        DATABASE_URL=options.database or ours.database_url,
        CELERY_BROKER_URL=options.broker or ours.broker_url,
        SITE_URL=f"http://127.0.0.1:{options.port}",
        DEMO="true",
        DEMO_OUTBOX=str((options.data / "outbox").resolve()),
        STAFF_SECOND_FACTOR="false",
        TICK_SECONDS="5",
    )


def _compose_bench(keep: Path | None) -> None:
    """Start servers on a scratch folder, which goes with this process; nothing of the demo's.

    A folder to keep is for this command alone, and stays: to fill it is slow.
    """
    place = BASE / "var"
    place.mkdir(exist_ok=True, mode=0o700)
    stack = ExitStack()
    atexit.register(stack.close)
    if keep is None:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=place)))
    else:
        data = keep.resolve()
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        running = stack.enter_context(servers(data, durable=True))
    except EmbeddedError as error:
        sys.exit(str(error))
    _compose(
        SECRET_KEY=secrets.token_urlsafe(50),
        DATABASE_URL=running.database_url,
        CELERY_BROKER_URL=running.broker_url,
        SITE_URL="http://127.0.0.1:8000",
    )


def _compose_without_services() -> None:
    """Name servers that nobody runs: a file of comments is read, and a summary of it printed."""
    _compose(
        SECRET_KEY=secrets.token_urlsafe(50),
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
        CELERY_BROKER_URL="redis://127.0.0.1:1/0",
        SITE_URL="http://127.0.0.1:8000",
    )


def _compose(**values: str) -> None:
    """Set the variables, after dropping what the caller's shell had to say about them."""
    for name in [*OTHERS, *(name for name in os.environ if name.startswith("PG"))]:
        os.environ.pop(name, None)
    os.environ.update(
        {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
            "LOG_LEVEL": "INFO",
            "PYTHONUNBUFFERED": "1",
        }
        | values
    )


def _secret_key(data: Path) -> str:
    """Return the key kept in the data folder, so that a second start keeps everybody logged in."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = data / "secret-key"
    if not file.exists():
        with open(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as handle:  # noqa: PTH123
            handle.write(secrets.token_urlsafe(50))
    return file.read_text()


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1 to 65535")
    return int(text)


def _database(text: str) -> str:
    if text and not text.startswith(("postgresql://", "postgres://")):
        raise argparse.ArgumentTypeError("give an address that begins with postgresql://")
    return text


def _broker(text: str) -> str:
    if text and not text.startswith(("redis://", "rediss://", "redis+socket://")):
        raise argparse.ArgumentTypeError("give an address that begins with redis://")
    return text
