"""Regions of made-up worlds: Chuxiong as it is, then a province and a nation of its shape."""

CHUXIONG = (
    ("532300", "楚雄州本级"),
    ("532301", "楚雄市"),
    ("532302", "禄丰市"),
    ("532322", "双柏县"),
    ("532323", "牟定县"),
    ("532324", "南华县"),
    ("532325", "姚安县"),
    ("532326", "大姚县"),
    ("532327", "永仁县"),
    ("532328", "元谋县"),
    ("532329", "武定县"),
)
"""Region codes (GB/T 2260) and names of the prefecture level and its counties."""

_YUNNAN = ("01", "03", "04", "05", "06", "07", "08", "09", "25", "26", "28", "29", "31", "33", "34")
"""Prefecture codes of the home province besides Chuxiong's 23."""

_PROVINCES = tuple(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 52), (54, 54), (61, 65))
    for code in range(first, last + 1)
)

_COUNTIES = 8
"""Yunnan has 129 counties in 16 prefectures: eight in each besides Chuxiong's ten."""


def make_regions(centres: int) -> list[tuple[str, str]]:
    """The regions of that many centres: Chuxiong, its province, then further provinces, each as long as needed."""
    regions = list(CHUXIONG)
    prefectures = [f"53{code}" for code in _YUNNAN]
    prefectures += [f"{province}{nth:02d}" for nth in range(1, 13) for province in _PROVINCES]
    for nth, prefecture in enumerate(prefectures, start=2):
        if len(regions) >= centres:
            break
        regions.append((f"{prefecture}00", f"{nth}号州本级"))
        regions += [
            (f"{prefecture}{20 + county:02d}", f"{nth}号州{county}号县") for county in range(1, _COUNTIES + 1)
        ]
    return regions[:centres]
