"""Files in CSV that are read and sent in portions, so that a large one takes no more memory than a small one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from django.http import StreamingHttpResponse

from doorsync.hub.web.event_streams import in_thread

BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheets know UTF-8


class Echo:
    """What a writer of CSV writes comes back from it."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def csv_download(portions: Iterator[str], name: str) -> StreamingHttpResponse:
    """An answer that is saved as a file of this name. Each portion is read outside the event loop, when it is its turn."""
    answer = StreamingHttpResponse(_outside_the_loop(portions), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


async def _outside_the_loop(portions: Iterator[str]) -> AsyncIterator[str]:
    while (portion := await in_thread(lambda: next(portions, None))) is not None:
        yield portion
