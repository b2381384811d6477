"""Twilio's errors, those that the fake can answer: code, HTTP status and text as Twilio has them."""

from __future__ import annotations

import msgspec

PROBLEMS: dict[int, tuple[int, str]] = {
    20001: (400, "A parameter is missing or invalid"),
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20004: (405, "Method not allowed"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    20503: (503, "Service Unavailable"),
    21201: (400, "No 'To' number specified"),
    21205: (400, "Url parameter is required."),
    21211: (400, "Invalid 'To' Phone Number: {to}"),  # with the number in full, as Twilio does: whoever logs it is found out
    21213: (400, "No 'From' number specified"),
    21408: (400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21609: (400, "The 'StatusCallback' URL is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (400, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "Message cannot be sent with the current combination of 'To' ({to}) and/or 'From' parameters"),
    21614: (400, "'To' number is not a valid mobile number: {to}"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
    21624: (400, "Invalid validity period value"),
    21701: (400, "The Messaging Service does not exist"),
    30409: (400, "Message cannot be canceled: it has been sent or has ended"),
}

ENDED: dict[int, str] = {
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30036: "Validity Period Expired",
    30410: "Provider Timeout Error",
}
"""What is wrong with a message that was not delivered."""


def status_of(code: int) -> int:
    """The HTTP status that a problem is answered with."""
    return PROBLEMS[code][0]


def body_of(code: int, to: str) -> bytes:
    """A problem as Twilio writes it."""
    status, text = PROBLEMS[code]
    more = f"https://www.twilio.com/docs/errors/{code}"
    return msgspec.json.encode({"code": code, "message": text.format(to=to), "more_info": more, "status": status})
