"""`supplywatch names`: what no dictionary has yet, and teaching it."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, operator, say
from alerts.clock.now import now
from alerts.flow.collection.name_substance import Taught, name_substance
from alerts.store import names, side_evidence
from alerts.store.json_nouns import to_json

group = typer.Typer(no_args_is_help=True, help="Names: what was not recognised, and what staff added.")

Why = Annotated[str, typer.Option("--why", help="The reason; it stays with the name.")]


@group.command("list")
def list_names(
    added: Annotated[bool, typer.Option("--added", help="What staff added, instead of what waits.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show names that were not recognised, the newest first, each with its nearest known one and the rows that wait."""
    with opened(config) as app, app.store.read() as connection:
        if added:
            made = names.everything(connection)
            lines = [
                f"{a.at:%Y-%m-%d} {a.entry.id}: {', '.join(a.entry.synonyms) or a.entry.display()}  ({a.by}: {a.why})"
                for a in made
            ]
            say([to_json(a) for a in made], as_json=as_json, words="\n".join(lines) or "Nothing was added.")
            return
        found = [u for u in side_evidence.unrecognised_names(connection) if u.what == "name"]
        sentence = side_evidence.unrecognised_sentence(connection, now())
        lines = [
            f"  {u.text!r} in {u.feed}: {u.rows} rows since {u.first_seen:%Y-%m-%d}"
            + (f"; perhaps {u.candidate}" if u.candidate else "")
            for u in found
        ]
        say([to_json(u) for u in found], as_json=as_json, words="\n".join([sentence, *lines]))


@group.command()
def resolve(
    text: Annotated[str, typer.Argument(help="The name as the laboratory printed it.")],
    substance: Annotated[str, typer.Argument(help="The id of the substance that it means.")],
    why: Why,
    config: ConfigOption = None,
) -> None:
    """Say what an unrecognised name means. What waited for it is named at once.

    Example: supplywatch names resolve "medetomadine hcl" medetomidine --why "the laboratory confirmed by mail"
    """
    with opened(config) as app:
        try:
            taught = name_substance(app, substance, synonyms=[text], by=operator(app), why=why, now=now())
        except ValueError as error:
            raise Failure(f"{error}.") from None
        typer.echo(_told(taught))


@group.command()
def add(
    substance: Annotated[str, typer.Argument(help="The id of the new substance, like n-propionitrile-chlorphine.")],
    english: Annotated[str, typer.Option("--name", help="Its English name.")],
    category: Annotated[str, typer.Option("--class", help="Its class, like nitazene or orphine.")],
    why: Why,
    spanish: Annotated[str, typer.Option("--nombre", help="Its Spanish name.")] = "",
    parent: Annotated[str, typer.Option(help="The id that it counts under, if any.")] = "",
    synonym: Annotated[list[str] | None, typer.Option(help="Another spelling; may be given several times.")] = None,
    config: ConfigOption = None,
) -> None:
    """Add a substance that the dictionary does not have.

    Example: supplywatch names add newphine --name newphine --class orphine --why "bulletin of 3 March"
    """
    with opened(config) as app:
        if substance in app.lexicon:
            raise Failure(f"'{substance}' is known already. `supplywatch names resolve` adds a spelling to it.")
        try:
            taught = name_substance(
                app, substance, synonyms=synonym or (), english=english, spanish=spanish, category=category,
                parent=parent, by=operator(app), why=why, now=now(),
            )  # fmt: skip
        except ValueError as error:
            raise Failure(f"{error}.") from None
        typer.echo(_told(taught))


def _told(taught: Taught) -> str:
    return (
        f"The dictionary is at edition {taught.edition}. {taught.samples} stored samples are named now and count as "
        "known from today. The detectors look again at once."
    )
