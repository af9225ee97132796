"""Issues: which a summary raises, and how much weight it gives each."""

import re

from standin import summary_of

from wqnlp.issues import find
from wqnlp.issues.mentions import mentions
from wqnlp.records import Activity, Document, Figure


def figure(text, surface, issue=None, measure="cases_received", parent=None, value=None, **more):
    start = text.index(surface)
    number = re.match(r"[\d.]+", surface)
    value = value if value is not None or not number else float(number[0])
    end, role = start + len(surface), "part" if parent else more.pop("role", "single")
    return Figure(id=f"d:{start}-{end}", doc_id="d", start=start, end=end, text=surface, sentence="", value=value,
                  low=value, high=value, unit="件", kind="count", measure=measure, issue=issue, role=role,
                  parent=parent, **more)


def issues_of(text, figures, themes=("petition_handling",)):
    summary = summary_of(text)
    acts = [Activity(id=f"d:{u.start}-{u.end}", doc_id="d", start=u.start, end=u.end, heading_path=(),
                     text=summary.slice(u), themes=themes) for u in summary.units]
    document = Document(doc_id="d", path="t.txt", start=0, end=len(text), title="")
    return {issue.issue: issue for issue in find(summary, document, figures, acts)}


TEXT = ("某县妇联工作总结\n全年接待信访186件，其中婚姻家庭类118件，占63.4%；劳动权益类24件；"
        "财产权益类17件，其中征地补偿9件。婚姻家庭类中，家庭暴力47件，居各类矛盾之首。\n配合公安机关解救被拐卖妇女2名。")


def found():
    total = figure(TEXT, "186件", role="total")
    family = figure(TEXT, "118件", "marriage_family", parent=total.id)
    property_ = figure(TEXT, "17件", "property", parent=total.id)
    return issues_of(TEXT, [
        total, family, figure(TEXT, "63.4%", "marriage_family", "share"),
        figure(TEXT, "24件", "labour", parent=total.id), property_,
        figure(TEXT, "9件", "land_rights", parent=property_.id),
        figure(TEXT, "47件", "domestic_violence", parent=family.id),
        figure(TEXT, "2名", "trafficking", "people_aided")])


def test_the_largest_class_and_the_foremost_issue_are_key_problems():
    assert {code: issue.salience for code, issue in found().items()} == {
        "marriage_family": "key_problem", "domestic_violence": "key_problem", "labour": "reported",
        "property": "reported", "land_rights": "reported", "trafficking": "mentioned"}


def test_cases_and_share_come_from_the_figures():
    issue = found()["marriage_family"]
    assert (issue.cases, issue.share, issue.text) == (118, 63.4, "婚姻家庭类")
    assert TEXT[issue.start:issue.end] == "婚姻家庭类"


def test_a_masked_figure_gives_no_cases():
    text = "某县妇联工作总结\n其中家庭暴力××件。"
    start = text.index("××件")
    masked = Figure(id="d:1-2", doc_id="d", start=start, end=start + 3, text="××件", sentence="", value=None, low=None,
                    high=None, unit="件", kind="count", measure="cases_received", issue="domestic_violence",
                    role="part", parent="x", flags=("masked",))
    assert issues_of(text, [masked])["domestic_violence"].cases is None


def test_a_law_that_is_quoted_raises_nothing():
    text = "某县妇联工作总结\n宣传《反家庭暴力法》和《劳动合同法》，学习性别平等知识。"
    assert issues_of(text, [], ("legal_publicity",)) == {}


def test_a_unit_of_work_against_violence_raises_it_without_a_figure():
    text = "某县妇联工作总结\n对家暴零容忍，派出所依法处理打人者。"
    assert issues_of(text, [], ("anti_violence",))["domestic_violence"].salience == "reported"


def test_a_figure_of_another_body_raises_nothing():
    text = "某县妇联工作总结\n全国妇联调查显示，家庭暴力占30%。"
    assert issues_of(text, [figure(text, "30%", "domestic_violence", "share", flags=("quoted",))]) == {}


def test_a_fall_in_the_heading_is_no_key_problem():
    text = "某县妇联工作总结\n家暴投诉有所减少。家庭暴力12件。"
    assert issues_of(text, [figure(text, "12件", "domestic_violence")])["domestic_violence"].salience == "reported"
    grown = text.replace("有所减少", "不断增多")
    assert issues_of(grown, [figure(grown, "12件", "domestic_violence")])["domestic_violence"].salience == "key_problem"


def test_the_longest_name_wins():
    assert [m.issue for m in mentions("劳动和社会保障权益类与拖欠工资")] == ["labour", "labour_dispute"]


def test_what_is_called_the_focus_is_a_key_problem_without_a_figure():
    text = "某县妇联工作总结\n信访有以下特点：因病致贫仍是社会关注的焦点；交通事故赔偿难以到位。"
    found = issues_of(text, [])
    assert found["illness_poverty"].salience == "key_problem"
    assert "traffic_accident" not in found or found["traffic_accident"].salience == "mentioned"


def test_the_rest_of_its_own_class_does_not_make_a_class_the_largest():
    text = "某县妇联工作总结\n人身权益类6起（其中拐卖1起，其他3起）。"
    whole = figure(text, "6起", "personal", parent="x")
    parts = [figure(text, "1起", "trafficking", parent=whole.id), figure(text, "3起", "personal", parent=whole.id)]
    figures = [whole, *parts]
    assert issues_of(text, figures)["personal"].salience == "reported"


def test_a_share_is_taken_from_right_after_the_count_alone():
    text = "某县妇联工作总结\n婚姻家庭类26起（其中离婚3起），占43%。"
    family = figure(text, "26起", "marriage_family")
    part, share = figure(text, "3起", "divorce", parent=family.id), figure(text, "43%", "marriage_family", "share")
    figures = [family, part, share]
    assert issues_of(text, figures)["marriage_family"].share is None
