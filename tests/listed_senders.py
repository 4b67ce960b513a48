"""Lists of senders for surveys, as Twilio would answer with them."""

from typing import Any

from stand_in import answer

URL = "https://messaging.twilio.com/v2/Channels/Senders?PageToken="


def sender(number: int, **others) -> dict[str, Any]:
    return {
        "sid": f"XE{number:032x}",
        "sender_id": f"whatsapp:+1555{number:07d}",
        "status": "ONLINE",
        "profile": {"name": f"Shop {number}", "logo_url": "https://a.example/l", "vertical": "X"},
        "webhook": {"callback_url": "https://hooks.example/in"},
        "properties": {"quality_rating": "HIGH", "messaging_limit": "10K Customers/24hr"},
        **others,
    }


class Listing:
    """Answers list requests with pages of `whatsapp` senders, and none for RCS."""

    def __init__(self, senders: list[dict[str, Any]], *, page_size: int = 1000) -> None:
        self.pages = [senders[i : i + page_size] for i in range(0, len(senders), page_size)] or [[]]
        self.requests = 0

    async def __call__(self, scope, receive, send):
        await receive()
        self.requests += 1
        query = scope["query_string"].decode()
        number = int(query.partition("PageToken=")[2].partition("&")[0] or 0)
        items = self.pages[number] if "Channel=whatsapp" in query else []
        more = "Channel=whatsapp" in query and number + 1 < len(self.pages)
        url = f"{URL}{number + 1}" if more else None
        body = {"senders": items, "meta": {"next_page_url": url, "key": "senders"}}
        status, headers, content = answer(200, body)
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": content})


def with_an_old_host(old: str, usual: str = "hooks.example") -> list[dict[str, Any]]:
    hooks = [{"callback_url": f"https://{host}/in"} for host in [usual] * 20 + [old]]
    return [sender(number, webhook=webhook) for number, webhook in enumerate(hooks)]
