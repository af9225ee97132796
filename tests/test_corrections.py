"""Corrections of people: apart from what was extracted, on top of it wherever it is read, kept through every reading."""

import json

import pytest
from click.testing import CliRunner
from libraries import TEXT, dump, library_of, result

import wqnlp
from wqnlp.cli import cli
from wqnlp.errors import NotInLibrary, RecordError
from wqnlp.pipeline import Result, run_text
from wqnlp.records import ErrorRow
from wqnlp.store.correct import correct, undo
from wqnlp.store.database import Store

SUMMARY = "霍山县妇联2009年维权工作总结\n全年接待妇女群众来信来访{n}件，其中家庭暴力{m}件。\n组织宣讲{k}场，发放资料3000份。\n"


def summary(n=212, m=53, k=12, path="a.txt"):
    return run_text(SUMMARY.format(n=n, m=m, k=k), path)


@pytest.fixture
def store(place):
    with Store(place) as made:
        made.write(summary())
        made.write(summary(95, 19, 7, "b.txt"))
        yield made


def figures(store, **where):
    with wqnlp.open_store(store.where) as library:
        return library.figures(**where)


def one_of(store, text):
    return figures(store).set_index("text").loc[text].id


def corrected(store, state=None):
    with wqnlp.open_store(store.where) as library:
        return [(row.record, row.state) for row in library.corrections().itertuples() if state in (None, row.state)]


def test_what_is_read_has_it_and_what_was_extracted_stays(store):
    before, figure = dump(store.where), one_of(store, "12场")
    [made] = correct(store, figure, {"measure": "people_trained"}, who="李梅", why="表头")
    assert (made.old, made.new, made.who, made.why, made.state, made.text) == (
        "events", "people_trained", "李梅", "表头", "active", "12场") and made.at.endswith("+00:00")
    after = dump(store.where)
    assert {name for name in before if before[name] != after[name]} == {"corrections"}
    assert figures(store).set_index("id").loc[figure].measure == "people_trained"
    assert figure in set(figures(store, measure="people_trained").id)
    assert figure not in set(figures(store, measure="events").id)
    assert len(figures(store, measure=["events", "people_trained"])) == 2
    assert store.frames()["figures"].set_index("id").loc[figure].measure == "people_trained"
    with wqnlp.open_store(store.where) as library:
        told = library.explain(figure)
        assert told.figure["measure"] == "people_trained" and told.extracted["measure"] == "events"
        assert "corrected  measure: events → people_trained, by 李梅" in str(told) and "extracted  12" in str(told)
        assert "corrected" not in str(library.explain(one_of(store, "212件")))


def test_a_document_takes_its_figures_along(store):
    doc_id = figures(store).set_index("text").loc["212件"].doc_id
    correct(store, doc_id, {"year": "2010", "title": "改"}, who="李")
    with wqnlp.open_store(store.where) as library:
        assert set(library.documents(year=2010).doc_id) == {doc_id} == set(library.figures(year=2010).doc_id)
        assert doc_id not in set(library.documents(year=2009).doc_id) | set(library.figures(year=2009).doc_id)
        assert set(library.figures(year=2010, text="212件").text) == {"212件"}
        assert "corrected  year: 2009 → 2010" in str(library.explain(one_of(store, "212件")))
        from wqnlp.compare import panel_of

        assert set(panel_of(library)["year"]) == {2009, 2010}


def test_comparisons_and_reports_have_it(store, tmp_path):
    correct(store, one_of(store, "212件"), {"value": "222"}, who="李")
    with wqnlp.open_store(store.where) as library:
        from wqnlp.compare import panel, panel_of

        row = figures(store).set_index("text").loc["212件"]
        assert (row.value, row.low, row.high) == (222, 222, 222), "a value without bounds is exact"
        whole, some = panel(library.documents(), library.figures()), panel_of(library)
        assert 222 in set(some["value"]) and set(whole["value"].dropna()) == set(some["value"].dropna())
        from wqnlp.report.stored import results

        assert 222 in {f.value for made in results(library) for f in made.figures}


@pytest.mark.parametrize(("changes", "error"), [
    ({"measure": "no_such"}, NotInLibrary), ({"issue": "no_such"}, NotInLibrary), ({"kind": "things"}, NotInLibrary),
    ({"flags": "odd"}, NotInLibrary), ({"value": "viel"}, NotInLibrary), ({"sentence": "x"}, NotInLibrary),
    ({"id": "x"}, NotInLibrary), ({"nothing": "x"}, NotInLibrary), ({"measure": ""}, NotInLibrary),
    ({"low": "300"}, RecordError), ({"flags": "masked"}, RecordError)])
def test_what_no_record_may_say_is_refused(store, changes, error):
    before = dump(store.where)
    with pytest.raises(error, match=r"E31|E62"):
        correct(store, one_of(store, "212件"), changes, who="李")
    with pytest.raises(NotInLibrary, match="E61"):
        correct(store, "f" * 12 + "-0:1-2", {"measure": "events"}, who="李")
    assert dump(store.where) == before


def test_a_masked_number_gets_a_value_only_with_its_flag(place):
    with Store(place) as store:
        store.write(result(1))
        masked = one_of(store, "xx名")
        with pytest.raises(RecordError, match="E31"):
            correct(store, masked, {"value": "14"}, who="李")
        assert len(correct(store, masked, {"value": "14", "flags": "approximate"}, who="李")) == 4
        row = figures(store).set_index("id").loc[masked]
        assert row.value == 14 and row["flags"] == ["approximate"]
        assert len(figures(store, flag="masked")) == 0


def test_the_last_one_holds_and_undoing_goes_back_step_by_step(store):
    figure = one_of(store, "12场")
    [first] = correct(store, figure, {"measure": "people_trained"}, who="李")
    [second] = correct(store, figure, {"measure": "materials"}, who="王")
    assert (second.old, second.new) == ("people_trained", "materials")
    assert correct(store, figure, {"measure": "materials"}, who="王") == []
    assert figures(store).set_index("id").loc[figure].measure == "materials"
    undo(store, second.number)
    assert figures(store).set_index("id").loc[figure].measure == "people_trained"
    undo(store, first.number)
    assert figures(store).set_index("id").loc[figure].measure == "events"
    for number in (first.number, 999):
        with pytest.raises(NotInLibrary, match="E61"):
            undo(store, number)
    assert [state for _, state in corrected(store)] == ["undone", "undone"], "nothing that was done is forgotten"


def test_it_survives_the_same_file_read_again(store):
    figure = one_of(store, "12场")
    correct(store, figure, {"measure": "people_trained"}, who="李")
    again = summary()
    again.figures = [f for f in again.figures if f.text != "3000份"]
    store.write(again)
    assert corrected(store) == [(figure, "active")]
    assert figures(store).set_index("id").loc[figure].measure == "people_trained"


def test_of_the_same_bytes_it_goes_to_what_shares_its_characters(store):
    from dataclasses import replace

    figure = one_of(store, "12场")
    correct(store, figure, {"measure": "people_trained"}, who="李")
    again = summary()
    [moved] = [replace(f, id=f"{f.doc_id}:{f.start - 2}-{f.end}", start=f.start - 2) for f in again.figures if f.id == figure]
    again.figures = [moved if f.id == figure else f for f in again.figures]
    store.write(again)
    assert corrected(store) == [(moved.id, "active")]
    again = summary()
    again.figures = [f for f in again.figures if f.id != figure]
    store.write(again)
    assert corrected(store) == [(moved.id, "orphaned")] and len(figures(store, measure="people_trained")) == 0
    store.write(summary())
    assert corrected(store) == [(figure, "active")], "and comes back with its figure"


def test_of_a_changed_file_it_goes_to_what_reads_the_same(store):
    correct(store, one_of(store, "12场"), {"measure": "people_trained"}, who="李")
    correct(store, one_of(store, "53件"), {"issue": "divorce"}, who="李")
    doc_id = figures(store).set_index("text").loc["212件"].doc_id
    correct(store, doc_id, {"level": "township"}, who="李")
    store.write(summary(n=1212))         # the first sentence changes, and with it where all others stand
    states = dict(corrected(store))
    assert sorted(states.values()) == ["active", "active", "orphaned"]
    row = figures(store).set_index("text").loc["12场"]
    assert row.measure == "people_trained" and states[row.id] == "active" and states[row.doc_id] == "active"
    assert "divorce" not in set(figures(store, path="a.txt").issue)
    store.write(summary())
    assert [state for _, state in corrected(store)] == ["active"] * 3


def test_where_two_read_the_same_it_goes_to_neither(place):
    with Store(place) as store:
        store.write(run_text("霍山县妇联2009年工作总结\n组织宣讲12场。\n", "a.txt"))
        correct(store, one_of(store, "12场"), {"measure": "people_trained"}, who="李")
        store.write(run_text("霍山县妇联2009年工作总结（稿）\n组织宣讲12场。\n组织宣讲12场。\n", "a.txt"))
        assert [state for _, state in corrected(store)] == ["orphaned"]


def test_of_a_file_that_is_no_more_it_is_kept(store):
    correct(store, one_of(store, "12场"), {"measure": "people_trained"}, who="李")
    store.write(Result(path="a.txt", errors=[ErrorRow(path="a.txt", stage="source", error="E03", message="…")]))
    assert [state for _, state in corrected(store)] == ["orphaned"]
    store.write(summary())
    assert [state for _, state in corrected(store)] == ["active"]


def test_the_commands(tmp_path):
    library_of(tmp_path / "l.db", summary()).close()
    figure = figures(Store(tmp_path / "l.db"), text="12场").id[0]

    def call(*arguments):
        return CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False, prog_name="wqnlp")

    done = call("correct", tmp_path / "l.db", figure, "measure=people_trained", "value=1,200", "--who", "李梅", "--why", "表头")
    assert done.exit_code == 0 and "measure: events → people_trained, by 李梅" in done.output and "表头" in done.output
    done = call("explain", figure, "--store", tmp_path / "l.db")
    assert "corrected  value: 12 → 1200" in done.output and "extracted  12" in done.output
    listed = [json.loads(line) for line in call("corrections", tmp_path / "l.db", "--json").output.splitlines()]
    assert [(one["column"], one["state"]) for one in listed] == [
        ("measure", "active"), ("value", "active"), ("low", "active"), ("high", "active")]
    assert "undone" in call("corrections", tmp_path / "l.db", "--undo", listed[0]["number"]).output
    shown = call("corrections", tmp_path / "l.db").output
    assert "12场" in shown and "undone" in shown
    assert call("corrections", tmp_path / "l.db", "--state", "orphaned").output.count("\n") == 1
    assert "already" in call("correct", tmp_path / "l.db", figure, "value=1200", "--who", "李").output
    assert call("correct", tmp_path / "none.db", figure, "value=1", "--who", "李").exit_code == 2
    assert call("corrections", tmp_path / "none.db", "--undo", 1).exit_code == 2 and not (tmp_path / "none.db").exists()
    for wrong in (["measure"], ["measure=none"]):
        assert call("correct", tmp_path / "l.db", figure, *wrong, "--who", "李").exit_code == 2
    assert call("correct", tmp_path / "l.db", figure, "measure=events").exit_code == 2


def test_texts_of_results_are_what_the_tests_think():
    assert "60件" in TEXT and [f.text for f in summary().figures] == ["212件", "53件", "12场", "3000份"]
