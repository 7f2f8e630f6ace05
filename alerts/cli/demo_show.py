"""What the demo prints: the signal, the alert, the messages as their receivers see them, receipts and the record."""

from __future__ import annotations

from datetime import date, timedelta

from rich.console import Console
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from alerts.app import App
from alerts.cli.demo_world import CONTACTS, World
from alerts.model.alert import Alert
from alerts.record.redact import redacted_lines
from alerts.record.verify import verify
from alerts.store import alerts, feeds, ledger_rows, outbox, signals
from detectors.explain import explain


class Scene:
    """One telling of the demo on one screen."""

    def __init__(self, screen: Console) -> None:
        self.screen = screen

    def opening(self) -> None:
        self.screen.print(Rule("[bold]Supplywatch: a demonstration with SIMULATED data[/bold]"))
        self.screen.print("A laboratory, a mail server and a text carrier run on this machine; nothing leaves it.\n")

    def background(self, app: App, count: int) -> None:
        with app.store.read() as connection:
            state = feeds.everything(connection)[0]
            open_alerts = alerts.everything(connection)
        self.screen.print(
            f"Read: {count} samples of 18 months in 12 counties. The feed is {state.condition}: {state.sentence}"
        )
        self.screen.print(f"Alerts so far: {len(open_alerts)}. Old news is not news.\n")

    def newcomer(self, county: str, substance: str) -> None:
        self.screen.print(
            f"[bold]Now the laboratory in {county} County publishes one more result: "
            f"{substance}, never seen before.[/bold]\n"
        )

    def signal(self, app: App, alert: Alert) -> None:
        with app.store.read() as connection:
            version = alerts.versions(connection, alert.id)[0]
            spoken = signals.by_number(connection, version.signals)
        names = {alert.substance: app.lexicon.substances[alert.substance].display("en")}
        places = {s.signal.place: app.gazetteer.name(s.signal.place) for s in spoken}
        for stored in spoken:
            signal = stored.signal
            text = f"{explain(signal, names, places)}\n\n"
            text += f"method {signal.method} {signal.version}, threshold {stored.threshold}\n"
            text += f"evidence {', '.join(signal.evidence)}"
            self.screen.print(Panel(text, title="1  The signal and its evidence"))
        self.screen.print(Text(_plot(app, alert)))
        where = ", ".join(app.gazetteer.name(p) for p in alert.places)
        self.screen.print(
            Panel(
                f"{alert.number}: {names[alert.substance]} in {where}\n{version.reason}: {version.sentence}\n"
                f"level {alert.level}, released automatically by threshold '{alert.threshold}', "
                f"ends {alert.expires_at.astimezone(app.configuration.programme.zone):%Y-%m-%d}",
                title="2  The alert it became",
            )
        )

    def messages(self, app: App, world: World) -> None:
        for row in CONTACTS:
            if row.get("phone"):
                number = "+" + "".join(c for c in row["phone"] if c.isdigit())
                for text in world.carrier.messages:
                    if text.to == number:
                        size = f"{text.segments} segments, {len(text.body)} characters"
                        title = f"3  Text to {row['partner']} ({row['language']}), {size}"
                        self.screen.print(Panel(Text(text.body), title=title))
        for mail in world.mail.messages:
            parsed = mail.parsed
            body = parsed.get_body(("plain",))
            title = f"4  Email to {', '.join(mail.recipients)}"
            self.screen.print(
                Panel(Text(f"{parsed['Subject']}\n\n{body.get_content().strip() if body else ''}"), title=title)
            )

    def receipts(self, app: App, alert: Alert) -> None:
        table = Table(title="5  Receipts", title_justify="left")
        for heading in ("contact", "channel", "language", "state", "carrier's own id"):
            table.add_column(heading)
        with app.store.read() as connection:
            for row in outbox.of_alert(connection, alert.id):
                table.add_row(str(row.contact), row.channel, row.language, str(row.state), row.provider_id)
        self.screen.print(table)

    def record(self, app: App) -> None:
        with app.store.read() as connection:
            lines = redacted_lines(connection)
            verdict = verify(ledger_rows.rows(connection), ledger_rows.head(connection))
        table = Table(title="6  The record, as public safety sees it", title_justify="left")
        for heading in ("no.", "week", "what", "alert", "shown"):
            table.add_column(heading)
        for line in lines[-5:]:
            shown = ", ".join(
                f"{name.replace('_', ' ')} {_said(value)}"
                for name, value in line.shown.items()
                if name != "texts_sha256"
            )
            table.add_row(str(line.seq), line.week, line.kind, line.subject, shown)
        self.screen.print(table)
        self.screen.print("The record is whole." if not verdict.problems else "\n".join(verdict.problems))

    def closing(self, took: float) -> None:
        self.screen.print(Rule())
        self.screen.print(f"[bold]From the published row to the last message taken: {took:.1f} seconds.[/bold]\n")

    def doors(self, app: App, alert: Alert, staff: str, reviewer: str) -> None:
        """Where to look, while the demo runs."""
        url = app.configuration.programme.public_url
        self.screen.print(f"What partners open      {url}/a/{alert.number}")
        self.screen.print(f"Sign in as staff        {staff}")
        self.screen.print(f"Sign in as a reviewer   {reviewer}   (in another browser)\n")


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " and ".join(map(str, value)) if isinstance(value, list) else str(value)


def _plot(app: App, alert: Alert) -> str:
    """Samples by week of result in the alert's county, and in how many of them it was found."""
    weeks = 13
    last = alert.opened_at.astimezone(app.configuration.programme.zone).toordinal()
    first = last - 7 * weeks + 1
    without, found = [0] * weeks, [0] * weeks
    for sample in app.believed.samples.values():
        week = (sample.known - first) // 7
        if sample.place in alert.places and 0 <= week < weeks:
            column = found if alert.substance in sample.substances else without
            column[week] += 1
    labels = [
        f"▲ {found[w]}" if found[w] else (date.fromordinal(first) + timedelta(weeks=w)).strftime("%m/%d")
        for w in range(weeks)
    ]
    import plotext  # only here: it takes as long to load as the web framework, and every command would wait for it

    figure = plotext.figure
    figure.clear()
    figure.plot_size(104, 14)
    figure.draw(figure.bar(labels, [found, without], stacked=True, marker="█"))
    figure.title(f"Samples by week of result in the county; ▲ with {alert.substance}")
    return str(plotext.uncolorize(str(figure.build())))
