"""The front door: commands to functions, errors to one line and an exit code."""

from __future__ import annotations

import errno
import io
import os
import sys
from importlib import import_module

import click

from . import __version__
from .rules.errors import KeyslipError

# Imported only when called: a pre-commit scan pays for nothing else.
COMMANDS = {
    "scan": "scanner.commands.scan",
    "explain": "scanner.commands.explain",
    "baseline": "scanner.commands.baseline",
    "rules": "scanner.commands.rules",
}
# What users of other scanners type.
OTHERS = {
    "detect": "keyslip scan",
    "git": "keyslip scan",
    "dir": "keyslip scan --no-history",
    "protect": "keyslip scan --staged",
    "stdin": "keyslip scan --stdin",
}
# What the system says when nothing more can be written.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
SUMMARIES = {
    "scan": "Find keys in a working tree and its whole history.",
    "explain": "Say what one key, or the keys of a text, may do; reads standard input.",
    "baseline": "Keep a list of accepted findings.",
    "rules": "List, show and check the catalogue.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in OTHERS:
            raise click.UsageError(f"No such command {name!r}; what it does elsewhere, `{OTHERS[name]}` does here")
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f".{COMMANDS[name]}", __package__).command
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="keyslip")
def keyslip() -> None:
    """Finds long-lived keys and says, offline, what each may do, for whom and for how long.

    Exit codes: 0 nothing to report, 1 findings, 2 something for you to mend, 3 a defect of keyslip, 130 interrupted.
    """


def main() -> None:
    """Runs the command line and exits."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command; returns its exit code. Nothing of a traceback is shown: it could hold a key."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a terminal's encoding lacks is shown as an escape
            stream.reconfigure(errors="backslashreplace")
    try:
        code = keyslip.main(arguments, prog_name="keyslip", standalone_mode=False)
        sys.stdout.flush()
        return int(code or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 2
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        return _refused(error.format_message())
    except KeyslipError as error:
        return _refused(str(error))
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted")
        return 130
    except BrokenPipeError:  # whoever read our output has seen enough
        from .scanner.commands.output import drop_output

        drop_output()
        return 0
    except OSError as error:
        if error.errno not in FULL:
            return _defect(error)
        from .scanner.commands.output import drop_output

        drop_output()
        return _refused(f"cannot write: {error.strerror}; make room, or write somewhere else")
    except Exception as error:  # the last line of defence
        return _defect(error)


def _refused(why: str) -> int:
    """Says what is to be mended. The line may repeat arguments and git's words, and people paste keys everywhere."""
    try:
        from .scanner.mask import without_keys

        _say("error: " + "".join(without_keys([why])))
    except Exception as error:
        _say(f"error: not shown, since it could hold a key ({type(error).__name__} at {_place(error)})")
    return 2


def _defect(error: Exception) -> int:
    """Shows where, never what."""
    _say(f"internal error: {type(error).__name__} at {_place(error)}; please report it with this line")
    return 3


def _say(line: str) -> None:
    from .scanner.report.safe import printable

    print(f"keyslip: {printable(line)}", file=sys.stderr)  # noqa: T201


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119


if __name__ == "__main__":
    main()
