"""Tell terminals the hours of the coming week, day by day, where holidays are near. The scheduler calls it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django_scopes import scope, scopes_disabled

from doorsync.domain.holidays import concern
from doorsync.hub.access.models import HolidayCalendar
from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.errors import CompanyBusy
from doorsync.hub.companies.isolation import isolated
from doorsync.hub.companies.models import Company, Location
from doorsync.hub.companies.transactions import lock_company
from doorsync.hub.sync.holdings.wanted_refresh import refresh_holdings
from doorsync.hub.sync.run.automatic_runs import start_removal_run


def apply_holidays(now: datetime) -> int:
    """Refresh the schedules of the companies for which another day has begun near a holiday; returns how many companies.

    A calendar remembers the days for which it was applied, in the transaction that applies it: so a hub that was down, or a
    company that was busy, catches up.
    """
    with scopes_disabled():
        zones: dict[int, set[str]] = defaultdict(set)
        followed = list(HolidayCalendar.objects.filter(schedules__isnull=False).distinct().prefetch_related("holidays"))
        rows = Location.objects.filter(company_id__in={each.company_id for each in followed}).select_related("company")
        for location in rows:
            zones[location.company_id].add(f"{location.time_zone}={now.astimezone(location.zone).date().isoformat()}")
        marks: dict[int, dict[int, str]] = defaultdict(dict)
        for calendar in followed:
            if (mark := _mark(calendar, zones[calendar.company_id])) != calendar.applied:
                marks[calendar.company_id][calendar.pk] = mark
        companies = list(Company.objects.filter(pk__in=marks))
    return sum(_apply(company, marks[company.pk], now) for company in companies)


def _mark(calendar: HolidayCalendar, days: set[str]) -> str:
    """The day that it is in each time zone where a holiday of the calendar is near; empty where none is."""
    rules = [holiday.rule for holiday in calendar.holidays.all()]
    return " ".join(sorted(day for day in days if concern(rules, datetime.fromisoformat(day.partition("=")[2]).date())))


def _apply(company: Company, marks: dict[int, str], now: datetime) -> bool:
    with isolated("The hours of holidays could not be applied.", CompanyBusy, company=company.slug):
        try:
            with scope(company=company), transaction.atomic():
                lock_company(company)
                for pk, mark in marks.items():
                    HolidayCalendar.objects.filter(pk=pk).update(applied=mark)
                refresh_holdings(company, (), schedules=True, now=now, due=True)
                start_removal_run(company, Actor(company_id=company.pk))
        except CompanyBusy:
            return False
        return True
    return False
