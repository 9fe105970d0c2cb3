"""The upload page in Chromium: files chosen and dropped, each followed until its report is there."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import browser
from house import House
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from server import served, work
from sounds import recording

from coach.web.visitors import COOKIE

DROP = """
const dropped = new DataTransfer();
dropped.items.add(new File(["销售：这批货包在我身上。\\n客户：贵不贵？"], "拖来的.txt"));
dropped.items.add(new File(["x"], "程序.exe"));
document.getElementById("files").dispatchEvent(new DragEvent("drop", {dataTransfer: dropped, bubbles: true, cancelable: true}));
"""


@pytest.fixture
def page(house: House) -> Iterator[Chrome]:
    """The page, opened by the rep on a telephone."""
    with served(house) as address, browser(390, 1600) as window:
        window.get(f"{address}/sign-in")
        window.add_cookie({"name": COOKIE, "value": house.client("rep").cookies[COOKIE], "path": "/"})
        window.get(f"{address}/upload")
        yield window
        window.get("about:blank")


def rows(page: Chrome) -> dict[str, str]:
    """What the page says of each upload."""
    found = page.find_elements(By.CSS_SELECTOR, "#uploads li")
    return {
        one.find_element(By.CLASS_NAME, "name").text: one.find_element(By.CLASS_NAME, "status").text for one in found
    }


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_files_go_up_and_are_followed_to_their_reports(house: House, page: Chrome, tmp_path: Path) -> None:
    for name, content in (("李老板.wav", recording()), ("空.wav", b""), ("静音.wav", recording(loud=0.0))):
        (tmp_path / name).write_bytes(content)
    page.find_element(By.ID, "file").send_keys(
        "\n".join(str(tmp_path / one) for one in ("李老板.wav", "空.wav", "静音.wav"))
    )
    until(lambda: rows(page).get("李老板") == rows(page).get("静音") == "排队中")
    assert "0 字节" in rows(page)["空.wav"]
    work(house)
    until(lambda: rows(page)["李老板"] == "已完成")
    until(lambda: "没有听到人说话" in rows(page)["静音"])
    (link,) = [one for one in page.find_elements(By.CSS_SELECTOR, "#uploads a") if one.is_displayed()]
    call_id = link.get_attribute("href").rpartition("/")[2]
    assert house.service.library.report(house.people["rep"], call_id).call_id == "李老板"
    page.refresh()
    until(lambda: rows(page).get("李老板") == "已完成")
    assert "空.wav" not in rows(page), "what was refused was not kept"


def test_files_are_dropped_and_cancelled(house: House, page: Chrome) -> None:
    page.execute_script(DROP)
    until(lambda: rows(page).get("拖来的") == "排队中")
    assert "程序.exe" in page.find_element(By.ID, "rejected").text
    page.find_element(By.CSS_SELECTOR, "#uploads [data-do=cancel]").click()
    until(lambda: rows(page)["拖来的"] == "已取消")
    page.find_element(By.CSS_SELECTOR, "#uploads [data-do=retry]").click()
    until(lambda: rows(page)["拖来的"] == "排队中")


def test_the_page_breaks_no_rule_of_its_policy_and_fits_a_telephone(page: Chrome) -> None:
    assert page.execute_script("return document.documentElement.scrollWidth") <= 390
    told = [entry["message"] for entry in page.get_log("browser")]
    assert not [one for one in told if "Content Security Policy" in one]
