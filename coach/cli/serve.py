"""`coach serve`: the web service on this machine."""

import signal
import sys
from contextlib import ExitStack
from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="监听地址；默认只有本机能访问")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口", min=1, max=65535)] = 8000,
    worker: Annotated[bool, typer.Option(help="同时处理上传的录音；别处另有 coach worker 时可以不要")] = True,
) -> None:
    """启动网页和接口。"""
    import uvicorn

    from coach.jobs.beside import worker_beside
    from coach.logs import start_logging
    from coach.settings import read_settings
    from coach.web import create_app

    settings = read_settings()
    if "public_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"public_url": f"http://{host}:{port}"})
    typer.echo(f"打开 http://{host}:{port} 使用，按 Ctrl-C 停止。", err=True)
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(0)
    )  # uvicorn raises it again when it has ended: so must the worker
    with ExitStack() as running:
        if worker:
            running.enter_context(worker_beside())
        start_logging(
            settings.log_level
        )  # uvicorn's own log would quote the text of an exception, and so perhaps a call
        uvicorn.run(create_app(settings), host=host, port=port, log_config=None, access_log=False, log_level="warning")
