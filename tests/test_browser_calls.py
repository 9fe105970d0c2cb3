"""A call in Chromium: from the list to its report, hear a turn, put a speaker right, and two windows at once."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from browser import browser
from house import House
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import Select
from selenium.webdriver.support.wait import WebDriverWait
from server import served, work
from sounds import recording

from coach.storage.library import About
from coach.web.visitors import COOKIE


@pytest.fixture
def call_id(house: House) -> str:
    """A recording in which first one and then the other speaks, worked on."""
    rep = house.people["rep"]
    call_id = house.service.library.add_recording(rep, About(rep.id, "李老板便利店"), BytesIO(recording()), ".wav")
    work(house)
    return call_id


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with served(house) as address:
        yield address


def open_as(window: Chrome, house: House, address: str, who: str, path: str) -> None:
    window.get(f"{address}/healthz")
    window.delete_all_cookies()
    window.add_cookie({"name": COOKIE, "value": house.service.sign_ins.let_in(house.people[who].id)})
    window.get(address + path)


def complaints(window: Chrome) -> list[str]:
    """What the browser refused or could not run."""
    return [one["message"] for one in window.get_log("browser") if "favicon" not in one["message"]]


def wait(window: Chrome) -> WebDriverWait:
    return WebDriverWait(window, 10)


@pytest.mark.parametrize("width", [1280, 390])
def test_from_the_list_to_the_report_and_a_turn_is_heard(house: House, address: str, call_id: str, width: int) -> None:
    with browser(width) as window:
        open_as(window, house, address, "rep", "/calls")
        window.find_element(By.ID, "tick-all").click()
        assert all(box.is_selected() for box in window.find_elements(By.NAME, "ids"))
        window.find_element(By.LINK_TEXT, "李老板便利店").click()
        wait(window).until(lambda page: page.find_element(By.ID, "player").get_property("readyState") >= 1)
        assert window.find_element(By.ID, "player").get_property("duration") == pytest.approx(3, abs=0.2)
        hear = window.find_elements(By.CSS_SELECTOR, ".transcript .hear")[-1]
        start = float(hear.get_attribute("data-start"))
        window.execute_script(
            "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'}); arguments[0].click()", hear
        )
        wait(window).until(lambda page: page.find_element(By.ID, "player").get_property("currentTime") >= start)
        assert window.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
        assert complaints(window) == []


def test_a_speaker_is_put_right_and_the_report_follows(house: House, address: str, call_id: str) -> None:
    with browser() as window:
        open_as(window, house, address, "rep", f"/calls/{call_id}")
        before = [turn.speaker for turn in house.service.library.report(house.people["rep"], call_id).transcript.turns]
        correct(window, 0, "customer" if before[0] == "rep" else "rep", "这批货包在我身上。")
        report = house.service.library.report(house.people["rep"], call_id)
        assert report.transcript.turns[0].speaker != before[0]
        assert report.transcript.turns[0].text == "这批货包在我身上。"
        assert f"#t-{0}" in window.current_url
        assert complaints(window) == []


def test_two_who_correct_at_once_are_told_and_lose_nothing(house: House, address: str, call_id: str) -> None:
    with browser() as window:
        open_as(window, house, address, "rep", f"/calls/{call_id}")
        answer = house.client("supervisor").post(f"/calls/{call_id}/swap", data={"version": "1"})
        assert answer.status_code == 200
        correct(window, 0, "customer", "我写了很久的一句。")
        assert "刚被别人改过" in window.find_element(By.CSS_SELECTOR, "[role=alert]").text
        kept = window.find_element(By.CSS_SELECTOR, "#t-0 .correct[open] textarea")
        assert kept.get_attribute("value") == "我写了很久的一句。"
        send(window, window.find_element(By.CSS_SELECTOR, "#t-0 .correct button"))
        report = house.service.library.report(house.people["rep"], call_id)
        assert report.transcript.turns[0].text == "我写了很久的一句。"


def correct(window: Chrome, turn: int, speaker: str, text: str) -> None:
    """Open the form of a turn, fill it in and send it."""
    details = window.find_element(By.CSS_SELECTOR, f"#t-{turn} .correct")
    window.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", details)
    details.find_element(By.TAG_NAME, "summary").click()
    Select(details.find_element(By.NAME, "speaker")).select_by_value(speaker)
    field = details.find_element(By.NAME, "text")
    field.clear()
    field.send_keys(text)
    send(window, details.find_element(By.TAG_NAME, "button"))


def send(window: Chrome, button: WebElement) -> None:
    """Press a button that leads to another page, and wait until that is there."""
    window.execute_script("arguments[0].click()", button)
    wait(window).until(staleness_of(button))
    wait(window).until(lambda page: page.execute_script("return document.readyState") == "complete")
