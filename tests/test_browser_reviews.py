"""The review in Chromium, by keyboard: decide, share, and the rep acknowledges."""

import shutil
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from house import House
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait
from test_web_reviews import call_id  # noqa: F401 - a fixture

from coach.web.visitors import COOKIE

pytestmark = pytest.mark.skipif(shutil.which("chromedriver") is None, reason="no chromedriver here")


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """The house under an address that a browser can open; its lifespan runs already."""
    server = uvicorn.Server(uvicorn.Config(house.app, port=0, lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,1000"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options)
    yield browser
    browser.quit()


def signed_in(browser: webdriver.Chrome, house: House, address: str, who: str) -> None:
    browser.get(f"{address}/healthz")
    browser.delete_all_cookies()
    browser.add_cookie({"name": COOKIE, "value": house.service.sign_ins.let_in(house.people[who].id)})


def press(browser: webdriver.Chrome, key: str) -> None:
    ActionChains(browser).send_keys(key).perform()


def click(browser: webdriver.Chrome, selector: str) -> None:
    """Without waiting for the page, which scrolls smoothly, to stand still."""
    browser.execute_script("arguments[0].click()", browser.find_element(By.CSS_SELECTOR, selector))


def test_a_call_is_reviewed_by_keyboard_and_acknowledged(
    browser: webdriver.Chrome,
    house: House,
    address: str,
    call_id: str,  # noqa: F811
) -> None:
    def decided() -> int:
        return len(browser.find_elements(By.CSS_SELECTOR, ".place .decided"))

    wait = WebDriverWait(browser, 20)
    signed_in(browser, house, address, "supervisor")
    browser.get(f"{address}/calls/{call_id}/review")
    total = len(browser.find_elements(By.CSS_SELECTOR, ".place[tabindex]"))
    browser.find_element(By.NAME, "summary").send_keys("先写下来的总评")
    press(browser, Keys.ESCAPE)
    press(browser, "j")
    for number in range(total):
        kind = browser.find_element(By.CSS_SELECTOR, ".place.here").get_attribute("class")
        press(browser, "x" if "sampled" in kind else "a")
        wait.until(lambda _, wanted=number + 1: decided() == wanted)
    summary = browser.find_element(By.NAME, "summary")
    assert summary.get_attribute("value") == "先写下来的总评", "what is typed outlives the decisions"
    summary.send_keys("，继续保持 a r x")
    click(browser, "button[name=then][value=share]")
    wait.until(lambda _: browser.find_elements(By.CSS_SELECTOR, ".state.shared"))

    signed_in(browser, house, address, "rep")
    browser.get(f"{address}/reviews")
    browser.find_element(By.CSS_SELECTOR, "main .list a").click()
    wait.until(lambda _: "继续保持 a r x" in browser.page_source)
    click(browser, "button[value=acknowledge]")
    wait.until(lambda _: "本人已确认" in browser.page_source)
    complaints = [one for one in browser.get_log("browser") if "favicon" not in one["message"]]
    assert complaints == [], "nothing on these pages goes against the policy"
