"""What somebody wants who texts back. In doubt it is a call for rescue: one text too many is looked at, and nobody is left in the water."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

ReplyKind = Literal["opt_out", "opt_in", "help", "rescue", "other"]
KINDS: tuple[ReplyKind, ...] = ("rescue", "help", "other", "opt_out", "opt_in")
"""The most urgent first."""

# each as the whole text; Twilio's own list, and what mainland providers teach people
_WHOLE: dict[ReplyKind, frozenset[str]] = {
    "opt_out": frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "退订", "退訂", "td", "t"}),
    "opt_in": frozenset({"start", "unstop", "yes", "恢复订阅", "恢復訂閱"}),
    "help": frozenset({"help", "info", "帮助", "幫助"}),
    "rescue": frozenset({"sos", "110", "112", "119", "120", "911", "999"}),
}

# words of somebody in danger; matched in small letters, apostrophes gone, all that is neither letter nor digit a blank
_DANGER = re.compile(
    r"""\b(?:
    trap+ed|stuck\w*|stranded|drown\w*|drownd\w*|res[ck]+ue?\w*|resqu\w*|help(?!ful)\w*|save\ (?:us|me|my|our|him|her|them)|
    emergency|mayday|s\ ?o\ ?s|danger\w*|dying|die|dead|death|injur\w*|hurt|bleed\w*|unconscious|collaps\w*|
    electr(?:ic|ocut)\w*|scared|urgent\w*|
    (?:cant|cannot|can\ not|couldnt|could\ not|unable\ to|no\ way\ to|not\ able\ to|dont\ know\ how\ to)\ (?:\w+\ ){0,2}
        (?:get|go|come|leave|escape|move|swim|breathe|walk|reach|exit|open|climb)\w*|
    no\ way\ out|need\ (?:a\ |an\ )?(?:boat|evacuat\w*|ambulance|doctor)|
    send\ (?:\w+\ ){0,2}(?:boat|team|somebody|someone|people|firefighters)|
    on\ (?:the|my|our|a)\ roof|
    water\ (?:\w+\ ){0,5}(?:in|inside|into|enter\w*|coming|comes|came|rising|rises|up|high|deep|waist|chest|neck|knee|everywhere)|
    flood(?:ed|ing)|under\ ?water|swept|washed\ away|jiu\ ?ming|bei\ ?kun
    )\b""",
    re.VERBOSE,
)
_DANGER_ZH = re.compile(
    "救|困|淹|溺|求助|求援|求救|帮帮|帮我|幫我|幫幫|快来|快來|来人|來人|危险|危險|受伤|受傷|昏迷|晕倒|流血|触电|觸電|漏电|漏電|倒塌|塌了|要死|没命|害怕"
    "|出不[去来來]|走不[了动掉動]|跑不[了掉]|逃不|动不了|動不了|上不[去来來]|下不[去来來]|过不[去来來]|過不[去来來]|打不开门|打不開門|没法出|無法出|无法出|无法离开|無法離開"
    "|[进進灌涌湧]水|水[进進灌涌湧]|涨水|漲水|水(?:还|在|越|都|已|已经|快|到|很|太){1,3}|[没漫][过過到]|冲走|沖走|屋顶|屋頂|房顶|房頂|车顶|車頂"
)
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´′"))
_SIGN_OF_RESCUE = "🆘"


def kind_of(text: str) -> ReplyKind:
    """What a text wants, in English or Chinese; case, punctuation and full-width letters do not matter."""
    words = _plain(text)
    whole = words.replace(" ", "")
    for kind, known in _WHOLE.items():
        if whole in known:
            return kind
    return "rescue" if _SIGN_OF_RESCUE in text or _DANGER.search(words) or _DANGER_ZH.search(words.replace(" ", "")) else "other"


def _plain(text: str) -> str:
    """Small letters and digits of a text, with one blank where anything else was; apostrophes are left out."""
    folded = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold().translate(_APOSTROPHES)
    # format characters (a zero-width space, a direction mark) would else cut a word in two
    return " ".join("".join(sign if sign.isalnum() else " " for sign in folded if unicodedata.category(sign) != "Cf").split())
