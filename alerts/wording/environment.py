"""The sandbox in which templates run: they can read what they are given, and reach nothing else."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NoReturn

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    select_autoescape,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alerts.wording.shelf import Shelf, WordingError


class NothingToSayError(TemplateError):
    """A template printed a value that is None: "None" must never reach a person's phone."""


@lru_cache(maxsize=8)
def environment(shelf: Shelf) -> ImmutableSandboxedEnvironment:
    """One environment per shelf; a file that the operator edits is read anew at the next rendering."""
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(list(shelf.folders)),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",), default_for_string=False),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        finalize=_said,
    )


def render(shelf: Shelf, name: str, variables: Mapping[str, Any]) -> str:
    """Fill in one template. Raises WordingError naming file, line and mend, whatever goes wrong inside the template."""
    try:
        return environment(shelf).get_template(name).render(variables)
    except TemplateNotFound as error:
        raise WordingError(
            str(error.name or name), "does not exist", "add it, or correct the name that refers to it"
        ) from None
    except TemplateSyntaxError as error:
        mend = "close every {{ }} and {% %}; docs/words.md shows the forms"
        raise WordingError(error.name or name, f"cannot be read: {error.message}", mend, error.lineno) from None
    except SecurityError as error:
        _refuse(shelf, name, error, "use only the variables that docs/words.md names")
    except (TemplateError, TypeError, ValueError, AttributeError, KeyError) as error:
        _refuse(
            shelf, name, error, "check the spelling against the variables in docs/words.md, or put it inside {% if … %}"
        )


def _said(value: object) -> object:
    if value is None:
        raise NothingToSayError("a value that may be absent is printed without {% if … %}")
    return value


def _refuse(shelf: Shelf, name: str, error: Exception, mend: str) -> NoReturn:
    """The innermost template frame is the line that the author must look at."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        for folder in shelf.folders:
            if frame.filename.startswith(str(folder)):
                at = frame.filename.removeprefix(str(folder)).lstrip("/\\").replace("\\", "/")
                raise WordingError(at, str(error) or type(error).__name__, mend, frame.lineno or 0) from None
    raise WordingError(name, str(error) or type(error).__name__, mend) from None
