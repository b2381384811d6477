"""Made-up names for the demo city: no real place is meant by any of them."""

from dataclasses import dataclass

_ROOTS = """
柳荫 Willowshade|青苔 Greenmoss|鹤鸣 Cranecall|云栈 Cloudstep|石榴 Pomegranate|银杏 Ginkgo|白鹭 Egret
红枫 Redmaple|望月 Moonview|听雨 Rainsong|竹篱 Bamboofence|梧桐 Parasoltree|墨池 Inkpond|双井 Twinwell
晚晴 Evenclear|早春 Earlyspring|锦鲤 Koi|纸鸢 Papierkite|芦花 Reedbloom|荷塘 Lotuspond|麦浪 Wheatwave
槐香 Locustscent|松涛 Pinewave|桂影 Osmanthus|杏坛 Apricot|燕归 Swallow|雁行 Wildgoose|星桥 Starbridge
虹渡 Rainbowford|清渠 Clearcanal|流萤 Firefly|蓝田口 Bluefield|紫藤 Wisteria|海棠 Crabapple|丁香 Lilac
茉莉 Jasmine|山楂 Hawthorn|枣园头 Datefarm|棉坊 Cottonmill|染坊 Dyehouse|磨坊 Oldmill|油坊 Oilpress
铁匠 Blacksmith|书匣 Bookcase|灯笼 Lantern|风车 Windmill|渡口 Ferry|浅滩 Shallows|沙洲 Sandbar
苇岸 Reedbank|鱼梁 Weir
"""


@dataclass(frozen=True)
class Name:
    """One made-up name in both languages of the city."""

    zh: str
    en: str


ROOTS = tuple(Name(*entry.split()) for entry in _ROOTS.replace("\n", "|").split("|") if entry)
DISTRICTS = (
    Name("北苑片", "Northgarden"),
    Name("钟楼片", "Belltower"),
    Name("纺车片", "Spindle"),
    Name("学宫片", "Academy"),
    Name("东林片", "Eastwood"),
    Name("西埠片", "Westwharf"),
    Name("河湾片", "Riverbend"),
    Name("新桥片", "Newbridge"),
    Name("南圃片", "Southorchard"),
    Name("闸口片", "Sluicegate"),
)
SHELTERS = (Name("实验学校体育馆", "school gymnasium"), Name("社区中心", "community centre"), Name("文化宫", "culture hall"))

AVENUES = (
    Name("西环路", "West Ring Road"),
    Name("梳篦大道", "Comb Avenue"),
    Name("长绸大道", "Silkband Avenue"),
    Name("新桥大道", "Newbridge Avenue"),
    Name("石闸大道", "Stonegate Avenue"),
    Name("东环路", "East Ring Road"),
)
"""From west to east, along the borders of the districts."""
CROSS_AVENUES = (Name("滨河大道", "Riverside Avenue"), Name("横贯大道", "Crosstown Avenue"), Name("北环路", "North Ring Road"))
"""From south to north."""
RIVER = Name("长绸河", "Silkband River")
CANALS = (Name("双柳渠", "Twin Willows Canal"), Name("石闸渠", "Stonegate Canal"))
LAKE = Name("纸船湖", "Paperboat Lake")


def low_point_name(kind: str, root: Name, other: Name) -> Name:
    """Name a low point after its street, and the street that crosses it."""
    road, street = road_name(root), street_name(other)
    if kind == "underpass":
        return Name(f"{road.zh}铁路桥下穿", f"{road.en} railway underpass")
    if kind == "riverside":
        return Name(f"{root.zh}河堤内侧", f"{root.en} embankment, land side")
    return Name(f"{road.zh}与{street.zh}口", f"{road.en} at {street.en}")


def road_name(root: Name) -> Name:
    """Name the street that runs from west to east through a low point."""
    return Name(f"{root.zh}路", f"{root.en} Road")


def street_name(root: Name) -> Name:
    """Name the street that crosses one."""
    return Name(f"{root.zh}街", f"{root.en} Street")


def side_street_name(district: Name, number: int) -> Name:
    """Name a street that no low point lies on after its district."""
    return Name(f"{district.zh.removesuffix('片')}{'一二三四五六七八九'[number - 1]}巷", f"{district.en} Side Street {number}")


def zone_name(root: Name, near: bool) -> Name:
    """Name the quarter beside a low point (`near`), or the one a little way off."""
    return Name(f"{root.zh}里", f"{root.en} Lane quarter") if near else Name(f"{root.zh}新苑", f"{root.en} New Court")
