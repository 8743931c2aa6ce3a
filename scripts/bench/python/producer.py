"""The Python rival: websockets, fastavro and confluent-kafka under asyncio, one task per URL, one produce per message.

Written as a careful user would: the schema is fetched and parsed once, records are acknowledged by all replicas and
keep their order per key, a full queue holds the sockets back, every delivery is looked at, and a stop flushes.
"""

import asyncio
import io
import json
import os
import signal
import struct
import sys
import urllib.request

from confluent_kafka import Producer
from fastavro import parse_schema, schemaless_writer
from websockets.asyncio.client import connect

TOPIC = os.environ["TOPIC"]
KEY = os.environ.get("KEY")
FLUSH_SECONDS = 15
QUEUE_FULL_SECONDS = 0.005


def latest_schema():
    """The five-byte header and the parsed schema of the topic's subject."""
    registry = os.environ["SCHEMA_REGISTRY_URL"]
    with urllib.request.urlopen(f"{registry}/subjects/{TOPIC}-value/versions/latest", timeout=10) as answer:
        found = json.load(answer)
    return struct.pack(">bI", 0, found["id"]), parse_schema(json.loads(found["schema"]))


HEADER, SCHEMA = latest_schema()


def normalise(document):
    """@context is no name of Avro."""
    credential = document.get("tradeCredential")
    if isinstance(credential, dict) and "@context" in credential:
        credential["context"] = credential.pop("@context")
    return document


def serialise(document):
    out = io.BytesIO()
    out.write(HEADER)
    schemaless_writer(out, SCHEMA, document)
    return out.getvalue()


def delivered(error, _message):
    if error is not None:
        print(f"not delivered: {error}", file=sys.stderr)


async def produce(producer, value):
    while True:
        try:
            producer.produce(TOPIC, value, KEY, on_delivery=delivered)
            producer.poll(0)
            return
        except BufferError:
            producer.poll(0)
            await asyncio.sleep(QUEUE_FULL_SECONDS)


async def forward(url, producer):
    async with connect(url, compression=None) as socket:
        async for message in socket:
            await produce(producer, serialise(normalise(json.loads(message))))


async def serve_callbacks(producer):
    """Deliveries are reported while no message comes, too."""
    while True:
        producer.poll(0)
        await asyncio.sleep(0.1)


async def main():
    producer = Producer(
        {
            "bootstrap.servers": os.environ["BOOTSTRAP_SERVERS"],
            "acks": "all",
            "enable.idempotence": True,
            "partitioner": "murmur2_random",
        }
    )
    with open(os.environ["URLS_FILE"], encoding="utf-8") as file:
        urls = file.read().split()
    tasks = [asyncio.create_task(forward(url, producer)) for url in urls]
    tasks.append(asyncio.create_task(serve_callbacks(producer)))
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return producer.flush(FLUSH_SECONDS)


sys.exit(1 if asyncio.run(main()) else 0)
