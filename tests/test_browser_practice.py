"""A whole practice in Chromium, as a rep would go through it: list, talk, second try, end, report, again."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from house import open_house
from server import served

from coach.pipeline import Coach
from coach.storage.database import Database
from coach.transcript import Speaker, Transcript, Turn
from coach.web.visitors import COOKIE

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed: pip install '.[test]'")
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="Chromium is not installed: apt-get install chromium chromium-driver"
)

BAD = "不可能，你说的根本不对，明明是你自己搞错了。"
BETTER = "您说得有道理，我先听您说说，客人都嫌什么？"
GOOD = (
    "难怪，摆底下客人看不见。街那头有一家挪到收银台旁边，两个星期走了六条。",
    "三条压在手里是钱，您着急我理解。到货一个月以内，没拆的能给您换一回。",
    "那您先摆收银台边，下周五下午三点我过来看卖了几条，您看行吗？",
    "您还有哪些不放心的？我给您写下来。",
    "您的顾虑我明白，台卡我送您一个，再给您两包让客人尝的。",
)
HEARD = "您先别急，我理解。"


@dataclass(frozen=True)
class Hearing(Coach):
    """A coach to whom every recording says the same."""

    def listen(self, recording: Path, *_: Any, **__: Any) -> Transcript:
        assert recording.stat().st_size > 0
        return Transcript("speech", (Turn(0, Speaker.REP, HEARD),))


@dataclass(frozen=True)
class Place:
    """Where the service is, and the cookie of its rep."""

    address: str
    cookie: str


@pytest.fixture(scope="module")
def place(coach: Coach, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("service")
    database = Database(f"sqlite:///{folder / 'coach.db'}")
    database.migrate()
    house = open_house(database, folder, Hearing(coach.book, coach.detectors, coach.segmenter, coach.policy))
    with house.guest, served(house) as address:
        yield Place(address, house.client("rep").cookies[COOKIE])


class Rep:
    """Somebody at a browser."""

    def __init__(self, place: Place, *switches: str, width: int = 1280) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for switch in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", *switches):
            options.add_argument(switch)
        self.browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
        self.browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500},
        )
        self.address = place.address
        self.browser.get(f"{self.address}/sign-in")
        self.browser.add_cookie({"name": COOKIE, "value": place.cookie, "path": "/"})

    def opens(self, path: str) -> None:
        self.browser.get(self.address + path)

    def presses(self, selector: str) -> None:
        """A button, on a page that a new one takes the place of."""
        page = self.browser.find_element(By.TAG_NAME, "html")
        self.browser.execute_script("arguments[0].click()", self.sees(selector))
        WebDriverWait(self.browser, 30).until(lambda _: _is_gone(page))

    def says(self, text: str, *, again: bool = False) -> None:
        box = self.sees("#text")
        box.clear()
        box.send_keys(text)
        self.presses("button[name=again]" if again else ".answer button.main")

    def sees(self, selector: str) -> Any:
        return WebDriverWait(self.browser, 30).until(lambda one: one.find_element(By.CSS_SELECTOR, selector))

    def all(self, selector: str) -> list[str]:
        return [one.text for one in self.browser.find_elements(By.CSS_SELECTOR, selector)]

    @property
    def page(self) -> str:
        return self.browser.find_element(By.TAG_NAME, "main").text

    @property
    def is_too_wide(self) -> bool:
        return self.browser.execute_script(
            "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )


def _is_gone(element: Any) -> bool:
    from selenium.common.exceptions import WebDriverException

    try:
        element.is_enabled()
    except WebDriverException:
        return True
    return False


@pytest.fixture
def rep(place: Place, request: pytest.FixtureRequest) -> Iterator[Rep]:
    one = Rep(place, *getattr(request, "param", ()))
    yield one
    one.browser.quit()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_whole_session(place: Place, width: int) -> None:
    rep = Rep(place, width=width)
    try:
        rep.opens("/practice")
        assert len(rep.all(".scenarios li")) >= 24
        assert not rep.is_too_wide
        rep.presses("#new-brand-slow button.main")
        assert "您可以用的事实" in rep.page
        rep.says("")
        assert "还没有说话" in rep.page
        rep.says(BAD)
        assert "喜欢随时反驳" in rep.all(".hint")[0]
        offended = rep.all(".talk .customer .said")[-1]
        rep.says(BETTER, again=True)
        assert rep.all(".struck") == [BAD]
        assert offended not in rep.page
        assert rep.all(".hint") == []
        assert not rep.is_too_wide
        for text in GOOD:
            if rep.all(".answer"):
                rep.says(text)
        assert "谈成了" in rep.page
        rep.presses("a.main")
        assert "谈成了" in rep.page
        assert "其中 1 次马上改了口" in rep.page
        assert rep.sees(".drawing polyline").get_attribute("points").count(",") >= 4
        assert not rep.is_too_wide
    finally:
        rep.browser.quit()


def test_a_closed_tab_and_a_page_left_open(rep: Rep) -> None:
    rep.opens("/practice")
    rep.presses("#new-brand-slow button.main")
    rep.says("您好王老板，您先别急。")
    talk = rep.browser.current_url
    rep.browser.switch_to.new_window("tab")
    rep.browser.get(talk)
    assert "您好王老板，您先别急。" in rep.page, "the talk is there on return"
    rep.says("您平时把它摆在哪儿？")
    rep.browser.switch_to.window(rep.browser.window_handles[0])
    rep.says("这话我只说一次。")
    assert "这一页旧了" in rep.page
    assert rep.sees("#text").get_attribute("value") == "这话我只说一次。"
    assert rep.all(".talk .rep .said")[-1] == "您平时把它摆在哪儿？"


def test_who_was_left_brings_the_customer_back_and_practises_the_moment(rep: Rep) -> None:
    rep.opens("/practice")
    rep.presses("#new-brand-slow button.main")
    while rep.all(".answer") and not rep.all(".verdict"):
        rep.says("你爱听不听，不听就算了，有本事你去投诉。" + "！" * len(rep.all(".talk .rep")))
    assert "谈崩了" in rep.page
    rep.says("对不起，刚才是我急了，您说得有道理。您平时把它摆在哪儿？", again=True)
    assert "谈崩了" not in rep.page
    rep.presses(".answer a")
    assert "这几处再练一遍" in rep.page
    rep.presses("button[name=exchange]")
    assert "再练这一刻：说话蛮横" in rep.page
    assert "当时是这样的" in rep.page


def test_a_microphone_refused(rep: Rep) -> None:
    rep.opens("/practice")
    rep.presses("#new-brand-slow button.main")
    rep.browser.execute_cdp_cmd("Browser.setPermission", {"permission": {"name": "microphone"}, "setting": "denied"})
    rep.sees("#talk").click()
    WebDriverWait(rep.browser, 10).until(lambda _: "用不了麦克风" in rep.sees("#note").text)
    rep.says("您好王老板，您先别急。")
    assert "您好王老板" in rep.all(".talk .rep .said")[-1], "typing always works"


@pytest.mark.parametrize(
    "rep", [("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")], indirect=True
)
def test_speaking_fills_the_box(rep: Rep) -> None:
    rep.opens("/practice")
    rep.presses("#new-brand-slow button.main")
    rep.sees("#talk").click()
    WebDriverWait(rep.browser, 10).until(lambda _: "说完了" in rep.sees("#talk").text)
    time.sleep(0.5)
    rep.sees("#talk").click()
    WebDriverWait(rep.browser, 20).until(lambda _: rep.sees("#text").get_attribute("value") == HEARD)
    assert "听错了可以改" in rep.sees("#note").text
