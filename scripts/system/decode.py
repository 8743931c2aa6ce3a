"""Decodes Avro with fastavro: lines of {"schema", "value" (base64, without header)} in, one line of JSON for each out."""
import base64
import io
import json
import sys

import fastavro

schemas = {}
for line in sys.stdin:
    record = json.loads(line)
    text = record["schema"]
    if text not in schemas:
        schemas[text] = fastavro.parse_schema(json.loads(text))
    body = io.BytesIO(base64.b64decode(record["value"]))
    document = fastavro.schemaless_reader(body, schemas[text])
    if body.read():
        sys.exit("bytes are left behind the document")
    print(json.dumps(document, allow_nan=False))
