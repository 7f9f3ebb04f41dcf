"""Many messages at once: are all acknowledged in time, is none lost, none answered twice?"""

import statistics
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.wecom_emulator.site import EXAMPLE, running


def bench(documents: Path, per_second: int, seconds: int) -> tuple[list[str], bool]:
    """Deliver many messages, one in ten three times, return what there is to say, and whether
    all were acknowledged within a second and answered once.
    """
    total = per_second * seconds
    waits: list[float] = []
    lock = threading.Lock()
    with running(documents) as (platform, caller), ThreadPoolExecutor(64) as pool:
        began = time.monotonic()

        def deliver(number: int) -> None:
            due = began + number / per_second
            time.sleep(max(0.0, due - time.monotonic()))
            for _ in range(3 if number % 10 == 0 else 1):
                sent = time.monotonic()
                answer = caller.application(f"user-{number}", EXAMPLE, f"m{number}")
                assert answer.status_code == 200
                with lock:
                    waits.append(time.monotonic() - sent)

        list(pool.map(deliver, range(total)))
        delivered = time.monotonic() - began
        ends = time.monotonic() + 300
        while len(platform.inboxes) < total:
            if time.monotonic() > ends:
                break
            time.sleep(0.2)
        answered = time.monotonic() - began
        counts = Counter(len(messages) for messages in platform.inboxes.values())
    waits.sort()
    lost, twice = total - sum(counts.values()), sum(n for times, n in counts.items() if times > 1)
    said = [
        f"消息 {total} 条（其中十分之一投递三次），{per_second} 条/秒，投递用时 {delivered:.1f} 秒",
        f"确认用时：中位 {statistics.median(waits) * 1000:.0f} 毫秒，"
        f"p95 {waits[int(len(waits) * 0.95)] * 1000:.0f} 毫秒，最长 {waits[-1] * 1000:.0f} 毫秒",
        f"全部答完：{answered:.1f} 秒；丢失 {lost} 条，重复 {twice} 条",
    ]
    return said, lost == twice == 0 and waits[-1] < 1.0
