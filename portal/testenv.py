"""A pytest plugin (`-p portal.testenv`): the servers and the environment, before settings load.

A conftest would be too late: pytest-django reads the settings before it. DATABASE_URL and
CELERY_BROKER_URL of the caller are honoured; what they do not name is started from the wheels in
a folder of its own, which goes when the tests end. Children of a test inherit this environment.

In a server of ours the database `portal` is migrated once, while the workers read the tests, and
every worker's own database is a copy of it; the folder is kept beside pytest's cache until a
migration or a dependency changes.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from portal.embedded import NAME, EmbeddedError, keep_bytecode, servers

ENVIRONMENT = {
    "SECRET_KEY": "only-for-tests-" + "0123456789" * 4,
    "SITE_URL": "http://localhost:8000",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "EMAIL_URL": "smtp://127.0.0.1:1",  # nobody answers there: a test that sends starts a sink
    "DEFAULT_FROM_EMAIL": "Consultations <no-reply@localhost>",
    "TICK_SECONDS": "1",
    "LOG_LEVEL": "WARNING",
}
UNSET = (
    *("DEMO", "DEMO_OUTBOX", "STAFF_SECOND_FACTOR", "MAIL_DOMAIN", "BEHIND_PROXY"),
    "ANSWER_SECONDS",
)
BROKERS = 16  # databases of Valkey, as it comes
# The last word of the note of the migrations, where all were applied.
DONE = "all applied"
INSTALL_CHROMIUM = "needs Chromium: apt-get install chromium-headless-shell (or chromium)"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Compose the environment ahead of pytest-django's own turn at this hook."""
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    _compose(stack, early_config.rootpath)
    return (yield)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip browser tests where there is no browser; in CI that is a failure."""
    if item.get_closest_marker("browser") and not chromium():
        if os.environ.get("CI") == "true":
            pytest.fail(INSTALL_CHROMIUM, pytrace=False)
        pytest.skip(INSTALL_CHROMIUM)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing is skipped: a test that was counts as a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or os.environ.get("CI") != "true":
        return
    if skipped := reporter.stats.get("skipped", []):
        names = ", ".join(report.nodeid for report in skipped)
        reporter.write_line(f"skipped, which CI does not allow: {names}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def chromium() -> str | None:
    """Return the path of the system's Chromium, if it is installed.

    Where there is one without windows, that: it takes a third less of the processor.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return next(filter(None, map(shutil.which, names)), None)


def _compose(stack: ExitStack, root: Path) -> None:
    """Start what the caller did not name, and set the environment that settings read."""
    for name in [*UNSET, *(name for name in os.environ if name.startswith("PG"))]:
        os.environ.pop(name, None)
    keep_bytecode()
    ours = not os.environ.get("DATABASE_URL")
    data = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    stack.callback(shutil.rmtree, data, ignore_errors=True)
    note = data / "migrated"
    kept = ours and _restore(stack, data / "postgres", note, root)
    try:
        running = stack.enter_context(
            servers(
                data,
                durable=False,
                database_url=os.environ.get("DATABASE_URL", ""),
                broker_url=os.environ.get("CELERY_BROKER_URL", ""),
            )
        )
    except EmbeddedError as error:
        raise pytest.UsageError(str(error)) from error
    os.environ.update(ENVIRONMENT)
    os.environ["DATABASE_URL"] = running.database_url
    os.environ["CELERY_BROKER_URL"] = _own_broker(running.broker_url)
    if ours:
        os.environ["MIGRATED_DATABASE"] = NAME
        os.environ["MIGRATED_NOTE"] = str(note)
        if kept:
            note.write_text(DONE)
        else:
            begin_migrations(stack, note, root)


def _own_broker(url: str) -> str:
    """Return the broker's address for this worker of pytest-xdist: each has a database of its own.

    Otherwise the sites that several tests run would take one another's tasks. A broker that the
    caller named is left as it is.
    """
    shared = os.environ.get("TESTS_BROKER", "")
    if not os.environ.get("CELERY_BROKER_URL"):
        os.environ["TESTS_BROKER"] = shared = url
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if url != shared or not worker.isdecimal():
        return url
    number = (int(worker) + 1) % BROKERS  # 0 is for who runs without workers
    return url.replace("virtual_host=0", f"virtual_host={number}")


def _restore(stack: ExitStack, cluster: Path, note: Path, root: Path) -> bool:
    """Copy the folder that an earlier run migrated and return True, or see that this one's is kept.

    What is kept is named by all that a migration depends on: the migrations and the lock file.
    """
    source = [root / "uv.lock", *sorted((root / "consultations" / "migrations").glob("*.py"))]
    name = hashlib.sha256(b"".join(path.read_bytes() for path in source)).hexdigest()[:16]
    kept = root / ".pytest_cache" / "d" / "migrated" / name
    if kept.exists():
        shutil.copytree(kept, cluster, symlinks=True)
        return True

    def keep(_type: object, error: BaseException | None, _trace: object) -> None:
        """Runs when the server has stopped; nothing is kept of a run that did not get so far."""
        if error is None and note.exists() and note.read_text().endswith(DONE):
            shutil.rmtree(kept.parent, ignore_errors=True)
            fresh = kept.with_suffix(f".{os.getpid()}")
            with suppress(OSError):  # to keep it only saves time: another run may be doing so
                shutil.copytree(cluster, fresh, symlinks=True)
                fresh.rename(kept)

    stack.push(keep)
    return False


def begin_migrations(stack: ExitStack, note: Path, root: Path) -> None:
    """Begin to apply every migration to the database that the tests' own are copies of.

    The child holds the lock of the note until it ends, and then has written whether all went well.
    """
    migrate = [sys.executable, "-W", "ignore", "manage.py", "migrate", "--verbosity", "0"]
    command = ["/bin/sh", "-c", '"$@" && printf "$0"', DONE, *migrate]
    with note.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        child = subprocess.Popen(command, cwd=root, stdout=file, stderr=file)  # noqa: S603
    stack.callback(child.wait)


def await_migrations() -> None:
    """Wait until the migrations are applied; fail, with what was said, where they are not."""
    with Path(os.environ["MIGRATED_NOTE"]).open() as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        said = file.read()
    if not said.endswith(DONE):
        pytest.fail(f"The migrations could not be applied:\n{said}", pytrace=False)
