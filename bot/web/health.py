"""What machines ask: whether the service lives, whether it is ready, and how it does."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from bot.logs import note
from bot.web.site import Site
from index.errors import YoujuError
from index.generation import SEAL

LEAST_FREE = 100_000_000  # bytes on the disk of the index; below, what is asked may not be kept

logger = logging.getLogger(__name__)


def router(site: Site) -> APIRouter:
    """Return the routes ``/healthz``, ``/readyz`` and ``/metrics``; who may see the last is up to Access."""
    routes = APIRouter()
    checks: dict[str, Callable[[Site], None]] = {
        "索引打不开": _index_answers,
        "状态数据库不能读写": _state_answers,
        "磁盘空间不足": _disk_has_room,
    }

    @routes.get("/healthz")
    def alive() -> dict[str, str]:
        return {"status": "ok"}

    @routes.get("/readyz")
    def ready() -> JSONResponse:
        reasons = [reason for reason, check in checks.items() if not _passes(reason, check, site)]
        body = {"status": "unavailable" if reasons else "ok", "reasons": reasons}
        return JSONResponse(body, status_code=503 if reasons else 200, headers={"Cache-Control": "no-store"})

    @routes.get("/metrics")
    def metrics() -> Response:
        with site.serving.base() as base:
            built = built_at(site.index, base.generation)
            site.meter.holds(len(base.documents), base.index.passage_count, built)
        return Response(site.meter.text(), headers={"Content-Type": site.meter.CONTENT_TYPE})

    return routes


def built_at(index: Path, generation: str) -> float:
    """Return when a generation was built, in seconds since 1970; 0 where that cannot be told."""
    try:
        return (index / "generations" / generation / SEAL).stat().st_mtime
    except OSError:
        return 0.0


def _passes(reason: str, check: Callable[[Site], None], site: Site) -> bool:
    try:
        check(site)
    except Exception as error:  # noqa: BLE001 - whatever is wrong, it is told and logged
        # Strangers are told the reason, and only the log which file.
        told = str(error) if isinstance(error, YoujuError) else type(error).__name__
        note(logger, logging.WARNING, "not ready", reason=reason, detail=told)
        return False
    return True


def _index_answers(site: Site) -> None:
    with site.serving.base() as base:
        if not base.index.documents or not base.index.passage_count:
            raise YoujuError("索引里没有文件")


def _state_answers(site: Site) -> None:
    site.state.check()


def _disk_has_room(site: Site) -> None:
    free = shutil.disk_usage(site.index).free
    if free < LEAST_FREE:
        raise YoujuError(f"{site.index} 所在的磁盘只剩 {free // 1_000_000} MB")
