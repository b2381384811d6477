"""Wires the reports of a city: store, folder, key, and the processes that look at pictures. The one place that picks the real parts."""

from __future__ import annotations

from pathlib import Path

from streams.city.model import City
from streams.pictures.apart import Sheltered
from streams.reports.moment import moment_of
from streams.reports.reports import Reports
from streams.store.engine import check_address


def open_reports(city: City, store: str, folder: Path, public_url: str = "") -> Reports:
    """The reports of a city; the store need not be there yet.

    Raises
    ------
    ReportsKeyError
        Where the key of the pictures folder cannot be read or made.
    StoreError
        Where the address can never be one of a store.
    """
    check_address(store)
    reports = Reports(city, store, folder, Sheltered(), public_url)
    reports.now_us = moment_of(city, reports.engine)
    return reports
