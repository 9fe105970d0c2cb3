"""The library as pages: lists and filters, a report, its sound and exports, corrections, deletion; and who may see what."""

import re
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from house import House
from openpyxl import load_workbook
from sounds import recording

from coach.asr.decode import decoded
from coach.imports import read_text, saved
from coach.render.clip import put_sound
from coach.storage.library import About
from coach.storage.worklist import Run, WorkList
from coach.transcript import Span, Speaker, Transcript, Turn, Word

BOAST = "销售：李老板好，这批货包在我身上，保您月月赚钱。\n客户：价格贵不贵？\n销售：不贵。"
MILD = "销售：王姐您好，最近店里生意怎么样？\n客户：还行，就是天气热。"


def judged(house: House, said: str = BOAST, *, title: str = "李老板便利店", who: str = "rep") -> str:
    """A typed call of somebody, judged."""
    visitor, service = house.people[who], house.service
    call_id = service.library.add_transcript(visitor, About(visitor.id, title), read_text(said))
    work, run = WorkList(service.database), Run(call_id, 1)
    call = work.begin(run, "analyse")
    work.judged(run, service.coach.analyse(replace(saved.load(call.transcript), call_id=title)))
    return call_id


def version_in(page: str) -> str:
    return re.search(r'name="version" value="(\d+)"', page)[1]


def test_an_empty_library_says_what_to_do(house: House) -> None:
    page = house.client("rep").get("/calls").text
    assert "还没有对话" in page
    assert 'href="/upload"' in page


def test_calls_are_found_by_words_habit_and_owner(house: House) -> None:
    judged(house)
    judged(house, MILD, title="王姐烟酒")
    rep = house.client("rep")
    assert "王姐烟酒" in rep.get("/calls").text
    for query, found in (
        ("q=包在我身上", True),
        ("code=overpromising", True),
        ("q=没说过的话", False),
        ("severity=2", True),
    ):
        page = rep.get(f"/calls?{query}").text
        assert ("李老板便利店" in page) is found, query
        assert "王姐烟酒" not in page
    lead = house.client("supervisor")
    assert "李老板便利店" in lead.get(f"/calls?owner={house.people['rep'].id}").text
    assert "李老板便利店" not in lead.get(f"/calls?owner={house.people['colleague'].id}").text
    assert rep.get("/calls?since=昨天").status_code == 422


def test_a_report_is_shown_in_the_frame(house: House) -> None:
    call_id = judged(house)
    page = house.client("rep").get(f"/calls/{call_id}").text
    for told in ("好说大话", "<mark>", "为什么不合适", "李老板便利店", "十个习惯，逐项看"):
        assert told in page
    assert "style=" not in page
    assert "<script>" not in page


def test_what_people_said_is_escaped(house: House) -> None:
    call_id = judged(house, "销售：包在我身上<script>alert(1)</script>。\n客户：好。", title="<b>店</b>")
    rep = house.client("rep")
    for page in (rep.get(f"/calls/{call_id}").text, rep.get("/calls").text):
        assert "<script>alert" not in page
        assert "<b>店" not in page


def test_a_stranger_finds_nothing_behind_any_address(house: House) -> None:
    call_id = judged(house)
    stranger = house.client("stranger")
    for path in ("", "/recording", "/export/json", "/past/1"):
        assert stranger.get(f"/calls/{call_id}{path}").status_code == 404
    for path in ("/swap", "/turns/0", "/retry", "/cancel", "/delete"):
        answer = stranger.post(f"/calls/{call_id}{path}", data={"version": "1", "speaker": "rep", "text": "改了"})
        assert answer.status_code == 404
    assert stranger.post("/calls/delete", data={"ids": [call_id]}).status_code == 404
    assert house.client("rep").get(f"/calls/{call_id}").status_code == 200


def test_exchanging_the_speakers_changes_the_report(house: House) -> None:
    call_id, rep = judged(house), house.client("rep")
    page = rep.get(f"/calls/{call_id}").text
    swapped = rep.post(f"/calls/{call_id}/swap", data={"version": version_in(page)}).text
    assert "包在我身上" in swapped
    assert "好说大话 <span" not in swapped
    assert "以前的报告" in swapped
    past = re.search(rf"/calls/{call_id}/past/\d+", swapped)[0]
    assert "好说大话 <span" in rep.get(past).text


def test_correcting_a_turn_changes_the_report_and_keeps_numbers_masked(house: House) -> None:
    call_id, rep = judged(house), house.client("rep")
    version = version_in(rep.get(f"/calls/{call_id}").text)
    change = {"version": version, "speaker": "rep", "text": "李老板好，我周五下午三点前给您打电话，13812345678。"}
    page = rep.post(f"/calls/{call_id}/turns/0", data=change).text
    assert "138****5678" in page
    assert "好说大话 <span" not in page
    late = rep.post(f"/calls/{call_id}/turns/0", data=change)
    assert late.status_code == 409
    assert "刚被别人改过" in late.text
    assert ">李老板好，我周五下午三点前给您打电话，13812345678。</textarea>" in late.text, "what was typed stays"
    assert version_in(late.text) == version_in(page), "and can be sent again"
    empty = rep.post(f"/calls/{call_id}/turns/0", data=change | {"version": version_in(page), "text": "  "})
    assert empty.status_code == 422
    assert "不能改成空的" in empty.text
    assert rep.post(f"/calls/{call_id}/turns/99", data=change).status_code == 404
    assert rep.post(f"/calls/{call_id}/swap", data={"version": version}).status_code == 409
    report = house.service.library.report(house.people["rep"], call_id)
    assert report.transcript.turns[0].speaker is Speaker.REP


def test_a_call_gets_another_title_and_is_found_by_it(house: House) -> None:
    call_id, rep = judged(house), house.client("rep")
    told = {"title": "孙老板烟酒", "customer": "孙老板", "made_at": "2026-03-01T09:30"}
    page = rep.post(f"/calls/{call_id}/about", data=told).text
    assert "<h1>孙老板烟酒</h1>" in page
    assert "2026-03-01 09:30" in page
    assert "孙老板烟酒" in rep.get("/calls?q=孙老板").text
    assert "李老板便利店" not in rep.get("/calls").text
    assert "孙老板烟酒".encode() in rep.get(f"/calls/{call_id}/export/md").content
    for wrong in ({"title": " "}, {"made_at": "昨天"}):
        assert rep.post(f"/calls/{call_id}/about", data=told | wrong).status_code == 422
    assert house.client("stranger").post(f"/calls/{call_id}/about", data=told).status_code == 404


def test_ticked_calls_are_exported_together(house: House) -> None:
    first, second = judged(house), judged(house, MILD, title="../李老板/便利店")
    waiting = house.service.library.add_transcript(
        house.people["rep"], About(house.people["rep"].id, "等着的"), read_text(MILD)
    )
    rep = house.client("rep")
    for format in ("html", "xlsx", "md", "json"):
        answer = rep.post("/calls/export", data={"ids": [first, second, waiting], "format": format})
        with zipfile.ZipFile(BytesIO(answer.content)) as archive:
            names = archive.namelist()
            assert len(names) == 2
            assert all(name.endswith(f".{format}") and "/" not in name for name in names)
            assert all(archive.read(name) for name in names)
    for nothing in ({"ids": [waiting]}, {}, {"ids": [first], "format": "exe"}):
        assert rep.post("/calls/export", data=nothing).status_code == 422
    assert house.client("stranger").post("/calls/export", data={"ids": [first]}).status_code == 422


def test_exports_are_files_with_the_calls_name(house: House) -> None:
    call_id, rep = judged(house), house.client("rep")
    for format, start in (("html", b"<!DOCTYPE"), ("md", b"#"), ("json", b"{"), ("xlsx", b"PK")):
        answer = rep.get(f"/calls/{call_id}/export/{format}")
        assert answer.status_code == 200
        assert answer.content.lstrip(b"\xef\xbb\xbf").startswith(start)
        assert "attachment" in answer.headers["content-disposition"]
    assert load_workbook(BytesIO(rep.get(f"/calls/{call_id}/export/xlsx").content)).sheetnames
    assert rep.get(f"/calls/{call_id}/export/srt").status_code == 422, "typed: no times"
    assert rep.get(f"/calls/{call_id}/export/exe").status_code == 404
    log = house.service.audit.page(action="export")[0]
    assert {entry.target for entry in log} == {call_id}


def test_a_recording_is_played_in_ranges(house: House) -> None:
    call_id, service = judged(house), house.service
    rep = house.client("rep")
    assert rep.get(f"/calls/{call_id}/recording").status_code == 404
    sound: Path = service.library.recordings.sound(call_id)
    sound.parent.mkdir(parents=True)
    sound.write_bytes(bytes(range(256)) * 10)
    with service.database.begin() as session:
        call = session.merge(service.library.find(house.people["rep"], call_id))
        call.sound = '{"duration_s": 3.0, "peaks": [0.1, 0.9]}'
    part = rep.get(f"/calls/{call_id}/recording", headers={"range": "bytes=256-511"})
    assert part.status_code == 206
    assert part.content == bytes(range(256))
    page = rep.get(f"/calls/{call_id}").text
    assert f'src="/calls/{call_id}/recording"' in page
    assert 'src="/static/report/player.js"' in page


def test_a_number_typed_in_is_silenced_in_the_sound_too(house: House) -> None:
    visitor, service = house.people["rep"], house.service
    words = (Word(Span(0, 3), 0.1, 0.4, 0.9), Word(Span(3, 6), 0.5, 0.9, 0.9), Word(Span(6, 8), 2.2, 2.8, 0.9))
    heard = Transcript("电话", (Turn(0, Speaker.REP, "您打电某某某再见", start_s=0.0, end_s=3.0, words=words),))
    call_id = service.library.add_transcript(visitor, About(visitor.id, "电话"), heard)
    work, run = WorkList(service.database), Run(call_id, 1)
    work.begin(run, "analyse")
    work.judged(run, service.coach.analyse(heard))
    recordings = service.library.recordings
    place = recordings.sound(call_id)
    name = recordings.keep(BytesIO(recording()), ".wav")
    with decoded(recordings.path(name)) as audio:
        put_sound(audio, heard, place)
    with service.database.begin() as session:
        session.merge(service.library.find(visitor, call_id)).recording = name
    rep = house.client("rep")
    version = version_in(rep.get(f"/calls/{call_id}").text)
    typed = {"version": version, "speaker": "rep", "text": "您打电13812345678再见"}
    assert "13812345678" not in rep.post(f"/calls/{call_id}/turns/0", data=typed).text
    with decoded(place) as audio:
        assert abs(audio.read(0, 0.55, 0.85)).max() < 0.02, "between the words that stayed"
        assert abs(audio.read(0, 0.0, 0.35)).max() > 0.05
        assert abs(audio.read(0, 2.4, 2.7)).max() > 0.02


def test_a_call_that_waits_can_be_cancelled_and_tried_again(house: House) -> None:
    rep = house.people["rep"]
    call_id = house.service.library.add_transcript(rep, About(rep.id, "等着的"), read_text(MILD))
    client = house.client("rep")
    assert "排队中" in client.get(f"/calls/{call_id}").text
    assert "再试一次" in client.post(f"/calls/{call_id}/cancel").text
    assert "排队中" in client.post(f"/calls/{call_id}/retry").text
    assert client.post(f"/calls/{call_id}/retry").status_code == 409


def test_deleting_is_for_good(house: House) -> None:
    first, second = judged(house), judged(house, MILD)
    rep = house.client("rep")
    assert rep.post("/calls/delete", data={}).status_code == 422
    rep.post("/calls/delete", data={"ids": [first]})
    assert rep.get(f"/calls/{first}").status_code == 404
    rep.post(f"/calls/{second}/delete")
    assert "还没有对话" in rep.get("/calls").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_a_call_shows_in_both_languages(house: House, language: str) -> None:
    house.service.accounts.speak(house.people["rep"].id, language)
    call_id, rep = judged(house), house.client("rep")
    for path in ("/calls", f"/calls/{call_id}", "/calls?q=x"):
        assert rep.get(path).status_code == 200
