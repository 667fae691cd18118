"""Where sun and moon stand, well enough to date the feasts that follow them (within some minutes of time).

Longitudes are ecliptic, of date, in degrees; after J. Meeus, Astronomical Algorithms, chapters 25 and 47,
main terms. Times are UTC without a zone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import radians, sin

_EPOCH = datetime(2000, 1, 1, 12)
_CENTURY_DAYS = 36525.0
_YEAR_DAYS = 365.2422
_LUNATION_DAYS = 29.530588861
_FIRST_NEW_MOON = datetime(2000, 1, 6, 18, 14)  # lunation 0
_YEARS = (1600, 2400)  # beyond, the neglected terms grow to hours

# degrees; multiples of the moon's elongation, the sun's and the moon's anomaly, the moon's latitude argument
_MOON_TERMS = (
    (6.288774, 0, 0, 1, 0), (1.274027, 2, 0, -1, 0), (0.658314, 2, 0, 0, 0), (0.213618, 0, 0, 2, 0),
    (-0.185116, 0, 1, 0, 0), (-0.114332, 0, 0, 0, 2), (0.058793, 2, 0, -2, 0), (0.057066, 2, -1, -1, 0),
    (0.053322, 2, 0, 1, 0), (0.045758, 2, -1, 0, 0), (-0.040923, 0, 1, -1, 0), (-0.034720, 1, 0, 0, 0),
    (-0.030383, 0, 1, 1, 0), (0.015327, 2, 0, 0, -2), (-0.012528, 0, 0, 1, 2), (0.010980, 0, 0, 1, -2),
    (0.010675, 4, 0, -1, 0), (0.010034, 0, 0, 3, 0), (0.008548, 4, 0, -2, 0), (-0.007888, 2, 1, -1, 0),
    (-0.006766, 2, 1, 0, 0), (-0.005163, 1, 0, -1, 0), (0.004987, 1, 1, 0, 0), (0.004036, 2, -1, 1, 0),
)  # fmt: skip


def _centuries(time: datetime) -> float:
    if not _YEARS[0] <= time.year <= _YEARS[1]:
        raise ValueError(f"the sky is known for the years {_YEARS[0]} to {_YEARS[1]}")
    return (time - _EPOCH) / timedelta(days=_CENTURY_DAYS)


def sun(time: datetime) -> float:
    """The sun's longitude, in [0, 360)."""
    t = _centuries(time)
    anomaly = radians(357.52911 + 35999.05029 * t)
    centre = (
        (1.914602 - 0.004817 * t) * sin(anomaly) + 0.019993 * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)
    )
    return (280.46646 + 36000.76983 * t + centre - 0.00569) % 360


def moon(time: datetime) -> float:
    """The moon's longitude, in [0, 360)."""
    t = _centuries(time)
    elongation = 297.8501921 + 445267.1114034 * t
    solar = 357.5291092 + 35999.0502909 * t
    lunar = 134.9633964 + 477198.8675055 * t
    latitude = 93.2720950 + 483202.0175233 * t
    sum_of_terms = sum(
        size * sin(radians(d * elongation + m * solar + n * lunar + f * latitude))
        for size, d, m, n, f in _MOON_TERMS
    )
    return (218.3164477 + 481267.88123421 * t + sum_of_terms) % 360


def elongation(time: datetime) -> float:
    """How far the moon is ahead of the sun, in [0, 360): 0 at new moon, 180 at full moon."""
    return (moon(time) - sun(time)) % 360


def new_moon(lunation: int) -> datetime:
    """The moment of this new moon, counted from that of 6 January 2000."""
    time = _FIRST_NEW_MOON + timedelta(days=lunation * _LUNATION_DAYS)
    for _ in range(4):
        gap = (elongation(time) + 180) % 360 - 180
        time -= timedelta(days=gap / 360 * _LUNATION_DAYS)
    return time


def lunation_at(time: datetime) -> int:
    """The last lunation that has begun."""
    guess = round((time - _FIRST_NEW_MOON) / timedelta(days=_LUNATION_DAYS)) + 1
    while new_moon(guess) > time:
        guess -= 1
    return guess


def sun_reaches(degrees: float, near: datetime) -> datetime:
    """The moment nearest to `near` at which the sun's longitude is this."""
    time = near
    for _ in range(5):
        gap = (sun(time) - degrees + 180) % 360 - 180
        time -= timedelta(days=gap / 360 * _YEAR_DAYS)
    return time
