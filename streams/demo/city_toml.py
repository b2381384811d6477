"""The text of the demo city's city.toml."""

from streams.demo.layout import DISTRICT_IDS
from streams.demo.names import DISTRICTS

_HEAD = """\
# The demo city: made up, written by `lowpoint make-demo city`. Change the generator (streams/demo), not this file.
# A DEMO: every level is released automatically, so that the simulated storm runs through to the texts (a dry run) with nobody
# at the console. A real city asks for signatures: leave [approval] out and levels 1 to 3 need one officer, level 4 two.
demo = true
simulated = true
name = "演示市 Demo City"
time_zone = "Asia/Shanghai"
languages = ["zh", "en"]
"""

_TAIL = """
[[levels]]
level = 1
depth_m = 0.15
colour = "#1f77d0"

[[levels]]
level = 2
depth_m = 0.27
colour = "#ffe45c"

[[levels]]
level = 3
depth_m = 0.40
colour = "#e0751a"

[[levels]]
level = 4
depth_m = 0.60
colour = "#8f0d1d"

[[rain_signals]]
signal = "blue"
rain_mm = 50
hours = 12

[[rain_signals]]
signal = "yellow"
rain_mm = 50
hours = 6

[[rain_signals]]
signal = "orange"
rain_mm = 50
hours = 3

[[rain_signals]]
signal = "red"
rain_mm = 100
hours = 3

[approval]  # demo only, see the head of this file
1 = "automatic"
2 = "automatic"
3 = "automatic"
4 = "automatic"
unconfirmed = "one"  # a parked car under one sensor texts nobody

[sender]
kind = "dry-run"
name = "演示防汛"
name_en = "Demo Flood Watch"

[public]
live = false
text_from_level = 3
cap_issuer = "lowpoint-demo"

[reports]
accept_from = 3  # demo only: three people with a picture each who agree are believed with nobody at the console
"""


def city_toml() -> str:
    """Return the whole file, with the names of the districts as an extra table."""
    ids = ", ".join(f'"{district}"' for district in DISTRICT_IDS)
    names = "".join(
        f'{district} = {{ name = "{name.zh}", name_en = "{name.en}" }}\n' for district, name in zip(DISTRICT_IDS, DISTRICTS, strict=True)
    )
    return f"{_HEAD}districts = [{ids}]\n\n[district_names]\n{names}{_TAIL}"
