"""How far the processing of a call is, and what each step of it is called."""

from enum import StrEnum


class State(StrEnum):
    """How far a call is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


STATE_NAMES = {
    State.WAITING: "排队中",
    State.WORKING: "处理中",
    State.DONE: "已完成",
    State.FAILED: "没成功",
    State.CANCELLED: "已取消",
}
OPEN_STATES = (State.WAITING, State.WORKING)
STOPPED_STATES = (State.FAILED, State.CANCELLED)

STEP_NAMES = {
    "decode": "读取录音",
    "transcribe": "转写",
    "speakers": "分清说话人",
    "analyse": "分析",
    "store": "存报告",
}
"""The steps of processing, in order; typed conversations begin with `analyse`."""
