"""`supplywatch templates`: what the operator changed, how a message would look, and the flyer to print."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from alerts import shipped
from alerts.cli.opening import ConfigOption, Failure, configuration
from alerts.config import Configuration
from alerts.wording.compose import compose
from alerts.wording.content import AlertContent
from alerts.wording.differences import differences
from alerts.wording.flyer_pdf import PAPERS, flyer_pdf
from alerts.wording.kinds import KINDS
from alerts.wording.samples import samples
from alerts.wording.shelf import Shelf, WordingError

group = typer.Typer(no_args_is_help=True, help="The words: your own against the shipped ones, and how they look.")
KindOption = Annotated[str, typer.Option(help=f"Which kind of message: {', '.join(KINDS)}.")]
LanguageOption = Annotated[str, typer.Option(help="en or es.")]


def shelf_of(settings: Configuration) -> Shelf:
    """The shipped templates behind the operator's. Raises Failure for a folder that cannot be used."""
    folder = settings.templates.folder
    try:
        return Shelf.of(shipped.templates(), Path(folder) if folder else None)
    except WordingError as error:
        raise Failure(str(error), 3) from None


def sample(kind: str, label: str, front: str) -> Any:
    """A made-up content of a kind. Raises Failure naming what there is."""
    if kind not in KINDS:
        raise Failure(f"There is no kind '{kind}'. There are: {', '.join(KINDS)}.")
    found = samples(kind)
    if label not in found:
        raise Failure(f"There is no sample '{label}' of {kind}. There are: {', '.join(found)}.")
    content: Any = found[label]
    return replace(content, front=front) if hasattr(content, "front") else content


@group.command("diff")
def diff(config: ConfigOption = None) -> None:
    """Show what your own templates change, file by file."""
    shelf = shelf_of(configuration(config))
    changed = differences(shelf)
    for one in changed:
        typer.echo("\n".join(one.lines) or f"{one.name}: the same as shipped.")
    for name in shelf.added():
        # A mistyped name changes nothing, and nobody would notice.
        typer.echo(f"{name}: no shipped file has this name. It counts in a language or kind of your own only.")
    if not changed and not shelf.added():
        typer.echo("You have no templates of your own; see templates.folder.")


@group.command("preview")
def preview(
    kind: KindOption = "first_sighting",
    channel: Annotated[str, typer.Option(help="sms, email, flyer or page.")] = "sms",
    language: LanguageOption = "en",
    label: Annotated[str, typer.Option(help="Which made-up sample.")] = "plain",
    html: Annotated[bool, typer.Option("--html", help="Print the markup instead of the words.")] = False,
    config: ConfigOption = None,
) -> None:
    """Print one message with made-up data, byte for byte as it would be sent."""
    settings = configuration(config)
    content = sample(kind, label, settings.programme.name)
    try:
        made = compose(content, kind=kind, channel=channel, language=language, shelf=shelf_of(settings))
    except (ValueError, WordingError) as error:
        raise Failure(str(error)) from None
    if made.subject and not html:
        typer.echo(f"Subject: {made.subject}\n")
    typer.echo(made.html if html and made.html else made.text)
    if made.segments is not None:
        typer.echo(f"\n{made.segments.encoding}, {made.segments.segments} segments", err=True)
    if made.fallback:
        typer.echo(made.fallback, err=True)


@group.command("flyer")
def flyer(
    file: Annotated[Path, typer.Argument(help="Where to write the PDF.")],
    kind: KindOption = "first_sighting",
    language: LanguageOption = "en",
    paper: Annotated[str, typer.Option(help=f"{' or '.join(PAPERS)}.")] = "us-letter",
    label: Annotated[str, typer.Option(help="Which made-up sample.")] = "plain",
    config: ConfigOption = None,
) -> None:
    """Write a made-up flyer as a PDF of one page."""
    settings = configuration(config)
    content = sample(kind, label, settings.programme.name)
    if not isinstance(content, AlertContent):
        raise Failure(f"'{kind}' has no flyer.")
    try:
        file.write_bytes(flyer_pdf(content, kind=kind, language=language, shelf=shelf_of(settings), paper=paper))
    except (ValueError, WordingError) as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(f"{file} cannot be written: {error.strerror}.") from None
    typer.echo(f"{file} is written.")
