"""The first page says what waits for whom."""

from datetime import date

from house import House
from test_web_calls import judged


def test_an_empty_service_says_how_to_begin(house: House) -> None:
    page = house.client("rep").get("/").text
    assert 'href="/upload"' in page
    assert "还没有对话" in page
    assert "等您处理" not in page


def test_calls_and_what_is_asked_for_stand_on_the_first_page(house: House) -> None:
    judged(house)
    house.service.assignments.ask(
        house.people["supervisor"], house.people["rep"].id, "new-brand-slow", due_on=date(2099, 1, 1)
    )
    page = house.client("rep").get("/").text
    assert "李老板便利店" in page
    assert "2099-01-01" in page
    assert "张主管" in page
    assert "李老板便利店" not in house.client("stranger").get("/").text
