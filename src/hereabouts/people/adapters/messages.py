"""Django's messages in a cookie that is touched only where there is something to say."""

from __future__ import annotations

from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse


class MessageStore(CookieStorage):
    """A cookie of messages; a page without any sets and deletes none, and stays cacheable."""

    def _update_cookie(self, encoded_data: str, response: HttpResponse) -> None:
        if not encoded_data and self.cookie_name not in self.request.COOKIES:
            return
        super()._update_cookie(encoded_data, response)  # type: ignore[misc]  # left out of the stubs
        # The page shows what was said to one reader.
        response["Cache-Control"] = "private, no-store"
