"""Exit codes: 0 done, 1 done but something needs a person, 2 asked wrongly, 3 not ready."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.console.server import is_elsewhere, listen, reached_at
from tests.cli.conftest import Run
from tests.flow.nouns import TODAY

GROUPS = {
    "alerts": ("list", "show", "approve", "reject", "cancel"),
    "thresholds": ("show", "set"),
    "partners": ("add", "list", "import"),
    "feeds": ("list", "aside", "names", "presets", "try"),
    "log": ("show", "verify", "export"),
    "staff": ("link", "list"),
}
SINGLE = ("serve", "demo", "check", "collect", "detect", "replay", "simulate", "send-test")


def test_help_teaches(run: Run) -> None:
    said = run("--help")
    assert said.code == 0
    for command in (*SINGLE, *GROUPS):
        assert command in said.out
    assert "supplywatch demo" in said.out, "where to begin"


@pytest.mark.parametrize("words", [(c,) for c in SINGLE] + [(g, c) for g, cs in GROUPS.items() for c in cs])
def test_every_command_says_what_it_does(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words, "--help")
    assert said.code == 0
    first = said.out.split("Usage:")[1].splitlines()[2].strip()
    assert first.endswith((".", ":")) or len(first) > 20, "a sentence stands under the usage"


def test_no_command_is_help(run: Run) -> None:
    assert "Usage" in run().all
    assert "Usage" in run("alerts").all


def test_version(run: Run) -> None:
    assert run("--version").out.startswith("supplywatch 0.")


def test_a_command_that_is_not_there(run: Run) -> None:
    said = run("colect")
    assert said.code == 2
    assert "colect" in said.err


def test_the_console_script_itself_ends_with_the_code(config: Path) -> None:
    """Once as a process of its own: what a shell or a cron job sees."""
    words = ["alerts", "show", "SW-1999-0001", "--config", str(config)]
    ended = subprocess.run(
        [sys.executable, "-c", "from alerts.cli import main; main()", *words],
        capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "There is no alert SW-1999-0001. `supplywatch alerts list` shows them.\n"


SPAN = ("--from", "2020-01-01", "--to", "2020-01-02")
NOT_THERE = [
    (("collect", "nowhere"), "There is no feed 'nowhere' in the configuration. There are: lab."),
    (("thresholds", "show", "nothing"), "There is no threshold 'nothing'. `supplywatch thresholds show` lists"),
    (("alerts", "approve", "SW-2026-0001", "--seen", "x"), "There is no alert SW-2026-0001."),
    (("alerts", "cancel", "SW-2026-0001", "--why", "x"), "There is no open alert SW-2026-0001."),
    (("send-test", "pigeon", "+15105550100"), "There is no channel 'pigeon'. Use sms or email."),
    (("feeds", "try", "/nowhere/file.csv"), "/nowhere/file.csv: No such file"),
    (("replay", "--data", "/nowhere", "--preset", "nobody", *SPAN), "nobody"),
    (("replay", "--data", "/nowhere", "--preset", "allegheny-me", *SPAN), "/nowhere: No such file"),
    (("log", "verify", "--file", "/nowhere/log.json"), "/nowhere/log.json"),
    (("partners", "import", "/nowhere.csv"), "/nowhere.csv: cannot be read"),
]


@pytest.mark.parametrize(("words", "part"), NOT_THERE)
def test_what_does_not_exist_is_said_with_where_to_look(run: Run, words: tuple[str, ...], part: str) -> None:
    said = run(*words)
    assert (said.code, part in said.err) == (2, True), said


def test_a_configuration_that_is_wrong_or_missing(run: Run, config: Path, tmp_path: Path) -> None:
    said = run("alerts", "list", "--config", str(tmp_path / "none.toml"))
    assert said.code == 3
    assert "there is no such file" in said.err
    config.write_text('[console]\nport = "x"\n[nonsense]\n')
    said = run("alerts", "list")
    assert said.code == 3
    assert len(said.err.splitlines()) == 2, "both mistakes at once"


def test_a_database_that_cannot_be_reached(run: Run, config: Path) -> None:
    config.write_text('[store]\nurl = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"\n')
    said = run("alerts", "list")
    assert said.code == 3
    assert said.err.startswith("The database cannot be opened")
    assert "store.url" in said.err


def test_an_empty_system_says_so(run: Run) -> None:
    for words, part in (
        (("alerts", "list"), "There are no alerts."),
        (("partners", "list"), "There are no contacts yet."),
        (("detect",), "Nothing reaches a threshold. That is not proof of safety."),
        (("feeds", "names"), "Every name was recognised."),
        (("feeds", "aside", "lab"), "No row was set aside."),
        (("staff", "list"), "Nobody yet."),
        (("duty", "list"), "Nobody is on the roster."),
    ):
        said = run(*words)
        assert (said.code, part in said.out) == (0, True), said


def test_feeds_alone_shows_their_health(run: Run) -> None:
    run("collect")
    alone, listed = run("feeds"), run("feeds", "list")
    assert alone == listed
    assert "lab: " in alone.out


def test_json_is_json(run: Run) -> None:
    for words in (
        ("alerts", "list"),
        ("thresholds", "show"),
        ("partners", "list"),
        ("feeds", "presets"),
        ("log", "show"),
        ("staff", "list"),
        ("duty", "list"),
    ):
        assert isinstance(json.loads(run(*words, "--json").out), list)
    checked, linted = run("check", "--json"), run("lint", "--kind", "exercise", "--json")
    assert (checked.code, json.loads(checked.out)["database"]) == (1, "sqlite")
    assert any("sms: no carrier" in missing for missing in json.loads(checked.out)["missing"])
    assert (linted.code, json.loads(linted.out)["errors"]) == (0, 0)


def test_check_says_what_real_sending_lacks(run: Run) -> None:
    said = run("check")
    assert said.code == 1
    assert "configuration: valid" in said.out
    assert "database: reached (sqlite)" in said.out
    assert "missing: sms: no carrier is configured" in said.out


def test_thresholds_are_set_with_a_reason_and_their_editions_stay(run: Run) -> None:
    said = run("thresholds", "set", "new-here", "parameters.findings=2", "cool_down_days=10", "--why", "two labs agree")
    assert (said.code, "new-here is now edition 2" in said.out) == (0, True)
    shown = run("thresholds", "show", "new-here").out
    assert shown.index("edition 2") < shown.index("edition 1")
    assert "two labs agree" in shown
    assert "findings=2" in shown


BAD_VALUES = [
    (("nowhere", "level=info"), ["There is no threshold 'nowhere'. There are: "]),
    (("new-here", "level"), ["'level' is not FIELD=VALUE."]),
    (
        ("new-here", "level=urgent", "method=watchlist", "cool_down_days=-1", "update_hours=soon", "scope=city"),
        [
            "level must be one of act_now, advisory, info",
            "'method' cannot be changed",
            "cool_down_days must be a whole number from 0 to 3650",
            "update_hours must be a whole number",
            "scope must be county or state",
        ],
    ),
    (
        ("new-here", "parameters.findngs=2", "parameters.days=0"),
        ["'findngs' is not a parameter", "'days' must be from"],
    ),
    (("new-here", "substances=xylazin"), ["'xylazin' means no substance"]),
    (("new-here", "substances="), ["means no substance"]),
    (("new-here", "enabled=true"), ["Nothing would change."]),
]


@pytest.mark.parametrize(("words", "said"), BAD_VALUES)
def test_thresholds_with_bad_values_are_not_set(run: Run, words: tuple[str, ...], said: list[str]) -> None:
    ended = run("thresholds", "set", *words, "--why", "a test")
    assert (ended.code, [s for s in said if s not in ended.err]) == (2, []), ended


def test_a_threshold_is_not_set_without_a_reason(run: Run) -> None:
    assert run("thresholds", "set", "new-here", "level=info").code == 2
    assert "Say why" in run("thresholds", "set", "new-here", "level=info", "--why", " ").err
    assert "edition 2" not in run("thresholds", "show", "new-here").out


GOOD = ("partners", "add", "Eastside", "--consent", "signed form")


def test_a_partner_with_mistakes_is_not_added_and_hears_of_all_of_them(run: Run) -> None:
    ended = run(
        *GOOD, "--phone", "12345", "--email", "nobody", "--language", "xx", "--places", "Atlantis", "--time-zone",
        "Mars", "--least", "some", "--substances", "sugar-free",
    )  # fmt: skip
    assert ended.code == 2
    for said in (
        "'12345' is not a phone number. Write it like +1 510 555 0100.",
        "'nobody' is not an email address.",
        "There are no words in 'xx'. There are: en, es.",
        "'Atlantis' is not a place. Write a state (CA), or a county with its state (Kern County, CA).",
        "'Mars' is not a time zone. Write it like America/Los_Angeles.",
        "'some' is not a level. Use act_now, advisory, info.",
        "'sugar-free' means no substance.",
    ):
        assert said in ended.err
    assert run(*GOOD).err == "Give a phone number or an email address.\n"
    assert run("partners", "list").out == "There are no contacts yet.\n"


def test_an_address_belongs_to_one_contact(run: Run) -> None:
    assert run(*GOOD, "--phone", "+1 510 555 0100").code == 0
    ended = run("partners", "add", "Westside", "--consent", "x", "--phone", "(510) 555-0100")
    assert (ended.code, "+15105550100 already belongs to a contact." in ended.err) == (2, True), ended


def test_an_import_shows_every_rows_fate_before_it_stores_anything(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "partners.csv"
    file.write_text(
        "partner,phone,email,language,places,consent\n"
        'Eastside,+15105550100,,en,"Alameda County, CA",form\n'
        "Westside,12,,en,CA,form\n"
        ",+15105550101,,en,CA,\n"
        "Norte,,norte@one.example,es,Kern County,form\n"
    )
    ended = run("partners", "import", str(file))
    assert ended.code == 1
    lines = ended.out.splitlines()
    assert lines[0] == "line 2: Eastside : good"
    assert lines[1].startswith("line 3: Westside : NOT TAKEN: '12' is not a phone number.")
    assert "The partner's name is missing. Say how" in lines[2], "every mistake of a row at once"
    assert lines[4] == "2 good, 2 not taken. Nothing was stored yet: add --write."
    assert run("partners", "list").out == "There are no contacts yet.\n"
    assert run("partners", "import", str(file), "--write").code == 1
    assert len(json.loads(run("partners", "list", "--json").out)) == 2
    again = run("partners", "import", str(file), "--write")
    assert "line 2: Eastside : unchanged: contact 1 is so already" in again.out
    assert len(json.loads(run("partners", "list", "--json").out)) == 2, "a second import stores nobody twice"


def test_an_import_with_another_header(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "partners.csv"
    file.write_text("name,phone\nEastside,+15105550100\n")
    ended = run("partners", "import", str(file))
    assert (ended.code, "the header must be of partner, front" in ended.err) == (2, True), ended
    file.write_bytes(b"partner\nCaf\xe9\n")
    assert run("partners", "import", str(file)).code == 2


def test_a_sign_in_link_is_made_for_one_role(run: Run) -> None:
    said = run("staff", "link", "Ana")
    assert said.code == 0
    assert said.out.startswith("http://127.0.0.1:9/")
    assert run("staff", "link", "Ana").out != said.out, "each works once"
    ended = run("staff", "link", "Ana", "--reviewer")
    assert (ended.code, "One person has one role" in ended.err) == (2, True)
    assert "Ana  (staff)" in run("staff", "list").out


def test_simulated_results_are_the_same_bytes_for_the_same_seed(run: Run, tmp_path: Path) -> None:
    span = ("--from", "2026-01-01", "--to", f"{TODAY:%Y-%m-%d}")
    for folder, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        assert run("simulate", str(tmp_path / folder), "--seed", seed, *span).code == 0
    names = sorted(f.name for f in (tmp_path / "a").iterdir())
    assert names == ["analysis_dataset.csv", "lab_detail.csv"]
    one, same, other = ([(tmp_path / f / n).read_bytes() for n in names] for f in "abc")
    assert one == same
    assert one != other
    said = run("simulate", str(tmp_path / "d"), "--from", "2026-02-01", "--to", "2026-01-01")
    assert (said.code, said.out) == (2, "")


def test_a_test_message_goes_to_a_file(run: Run, tmp_path: Path) -> None:
    nobody = run("send-test", "sms", "+15105550100")
    assert (nobody.code, "Nobody has agreed to get messages at +15105550100" in nobody.err) == (2, True), nobody
    myself = ("--phone", "+1 510 555 0100", "--verified", "--wake", "--consent", "it is mine")
    assert run("partners", "add", "Tests", *myself).code == 0
    said = run("send-test", "sms", "+15105550100")
    assert (said.code, "Taken by file" in said.out) == (0, True), said
    (text,) = [f.read_text() for f in (tmp_path / "sms").rglob("*") if f.is_file()]
    assert "+15105550100" in text


DEATHS = "case_ref,death_date,state,county,substance\n" + "".join(
    [f"F{i},201{8 + i // 48}-{1 + i // 4 % 12:02d}-{3 + i % 4 * 7:02d},PA,Allegheny,Fentanyl\n" for i in range(96)]
    + [f"X{i},2020-03-{10 + i},PA,Allegheny,Xylazine\n" for i in range(6)]
)


def test_a_replay_writes_the_same_file_twice(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "deaths.csv"
    data.write_text(DEATHS)
    made = []
    for name in ("one.json", "two.json"):
        said = run(
            "replay", "--data", str(data), "--preset", "allegheny-me", "--from", "2020-03-01", "--to", "2020-05-31",
            "--lag", "30", "--out", str(tmp_path / name),
        )  # fmt: skip
        assert said.code == 0, said
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    assert {row["substance"] for row in json.loads(made[0])} == {"xylazine"}
    said = run("replay", "--data", str(data), "--preset", "allegheny-me", "--from", "2020-02-01", "--to", "2020-01-01")
    assert (said.code, said.err) == (2, "--to is before --from.\n")


def test_an_empty_drop_folder_is_not_a_feed_that_is_well(run: Run) -> None:
    said = run("collect")
    assert "lab: empty. The folder holds no file to read yet: nothing is known from it." in said.out
    assert "Put the first file there" in run("feeds").out


@pytest.mark.parametrize(
    ("public_url", "elsewhere"),
    [
        ("http://127.0.0.1:{port}", False), ("http://localhost:{port}/", False), ("http://127.0.0.1:9", True),
        ("http://localhost", True), ("https://alerts.example", False),
    ],
)  # fmt: skip
def test_a_public_address_of_this_machine_must_name_the_port_that_is_listened_to(
    public_url: str, elsewhere: bool
) -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert is_elsewhere(public_url.format(port=port), listener) is elsewhere
        assert reached_at("0.0.0.0", listener) == f"http://127.0.0.1:{port}"
