"""The frame of the pages in Chromium: the first visit by the keyboard, the menu on a telephone, nothing against the policy."""

from pathlib import Path

import pytest
from browser import browser
from fastapi.testclient import TestClient
from house import House
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from server import served

from coach.web.visitors import COOKIE

PASSWORD = "长长的密码123"


def signed_in(window: Chrome, address: str, client: TestClient) -> None:
    window.get(f"{address}/sign-in")
    window.add_cookie({"name": COOKIE, "value": client.cookies[COOKIE], "path": "/"})
    window.get(f"{address}/account")


def press(window: Chrome, *keys: str) -> None:
    ActionChains(window).send_keys(*keys).perform()


def arrived(window: Chrome, address: str) -> None:
    WebDriverWait(window, 20).until(lambda one: one.current_url == address)


def test_an_invited_person_comes_in_by_the_keyboard_alone(house: House) -> None:
    token = house.service.accounts.invitation(house.people["rep"].id)
    with served(house) as address, browser() as window:
        window.get(f"{address}/setup/{token}")
        window.find_element(By.ID, "password").send_keys(PASSWORD)
        press(window, Keys.TAB, PASSWORD, Keys.ENTER)
        arrived(window, f"{address}/")
        press(window, Keys.TAB)
        skip = window.switch_to.active_element
        assert skip.get_attribute("href").endswith("#main")
        assert skip.rect["x"] >= 0, "the link is seen when it has the focus"
        press(window, Keys.ENTER)
        arrived(window, f"{address}/#main")
        window.get("about:blank")


def test_the_menu_folds_on_a_telephone_only(house: House) -> None:
    with served(house) as address, browser(390, 844) as window:
        signed_in(window, address, house.client("rep"))
        menu, places = window.find_element(By.ID, "menu"), window.find_element(By.ID, "places")
        assert not places.is_displayed()
        menu.click()
        assert places.is_displayed()
        assert menu.get_attribute("aria-expanded") == "true"
        press(window, Keys.ESCAPE)
        assert not places.is_displayed()
        assert window.switch_to.active_element == menu
        window.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )
        WebDriverWait(window, 20).until(lambda _: places.is_displayed() and not menu.is_displayed())
        window.get("about:blank")


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_of_the_frame_breaks_the_policy_or_is_wider_than_the_screen(house: House, width: int) -> None:
    house.service.keys.add(house.people["administrator"], "电话系统" * 40, ["calls:read", "calls:write", "users:read"])
    with served(house) as address, browser(width, 900) as window:
        signed_in(window, address, house.client("administrator"))
        for path in ("/", "/account", "/admin", "/admin/users", "/admin/keys", "/admin/audit"):
            window.get(address + path)
            shown = window.execute_script("return document.documentElement.scrollWidth")
            assert shown <= width, path
        told = [one["message"] for one in window.get_log("browser") if one["level"] == "SEVERE"]
        assert told == []
        window.get("about:blank")


def test_templates_hold_no_script_and_no_style_of_their_own() -> None:
    templates = Path(__file__).parents[1] / "coach" / "web" / "templates"
    for path in templates.glob("*.j2"):
        text = path.read_text(encoding="utf-8")
        assert " style=" not in text, path.name
        assert "<style" not in text, path.name
        assert "<script>" not in text, path.name
        assert " onclick=" not in text, path.name
