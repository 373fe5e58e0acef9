"""A process that is killed at any of the points between an answer and the end of a delivery loses nothing."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from signal import SIGCONT, SIGKILL, SIGSTOP, SIGTERM

import pytest

from torture.points import POINTS, Point
from torture.tests.houses import House
from workflows_site.tests.servers import free_port


@pytest.mark.parametrize("name", [name for name, point in POINTS.items() if point.process == "web"])
def test_a_web_server_that_is_killed_loses_nothing(house: House, name: str) -> None:
    number = next(house.numbers)
    workflow = house.client.start(number)
    port = free_port()
    dying = house.nursery.start("web", port=port, point=name)

    with ThreadPoolExecutor() as others:
        submitted = others.submit(replace(house.client, port=port).submit, workflow, number)
        status = house.nursery.wait(dying)
        successor = house.nursery.start("web", port=port)
        submitted.result()
    house.nursery.end(successor)
    house.acknowledged.add(workflow)

    assert status == -SIGKILL
    assert house.rest().are_none
    assert house.requests_of(workflow) == POINTS[name].requests


@pytest.mark.parametrize("name", [name for name, point in POINTS.items() if point.process == "worker"])
def test_a_worker_that_is_killed_loses_nothing(house: House, name: str) -> None:
    workflow = house.complete()

    dying = house.nursery.start("worker", threads=1, point=name)
    status = house.nursery.wait(dying)

    assert status == -SIGKILL
    assert house.rest().are_none
    assert house.requests_of(workflow) == POINTS[name].requests


def test_every_step_of_a_delivery_has_its_points() -> None:
    assert {name.split()[0] for name in POINTS} == {"event", "dispatch", "claim", "begin", "send", "settle"}
    assert all(isinstance(point, Point) for point in POINTS.values())
    assert len(POINTS) == 22


@pytest.mark.parametrize(
    ("name", "requests"),
    [("claim after commit", 1), ("begin after commit", 2), ("send before", 2), ("send after", 2)],
)
def test_a_worker_that_sleeps_past_its_lease_settles_nothing_when_it_wakes(
    house: House, name: str, requests: int
) -> None:
    workflow = house.complete()
    sleeper = house.nursery.start("worker", threads=1, point=name, falls_by=SIGSTOP)
    assert house.nursery.wait(sleeper) == -SIGSTOP
    assert house.rest().are_none
    settled = house.rows_of(workflow)

    os.kill(sleeper, SIGCONT)
    assert house.nursery.end(sleeper, SIGTERM) == 0

    assert house.rows_of(workflow) == settled
    assert house.requests_of(workflow) == requests
    assert house.rest().are_none
