"""Serve the stand-in for clients that are not ours: `python -m chat.stand_in`."""

from argparse import ArgumentParser
from contextlib import suppress
from threading import Event

from chat.stand_in.server import serving
from chat.stand_in.wire import NAME

parser = ArgumentParser(prog="python -m chat.stand_in", description=f"Serve the {NAME} on this machine.")
parser.add_argument("--port", type=int, default=9100)

with serving(parser.parse_args().port) as url:
    print(f"{NAME}: rules, not a model.", flush=True)
    print(f"  OPENAI_BASE_URL={url}\n  ANTHROPIC_BASE_URL={url.removesuffix('/v1')}", flush=True)
    with suppress(KeyboardInterrupt):
        Event().wait()
