/** Explains the values of `reason` in log lines and metrics, with cures. A reason without an entry does not compile. */
import type { LostReason, RejectReason, UnavailableReason } from '../errors.ts'

/** `cure` is undefined where there is nothing to do. */
export interface Explained {
  readonly cause: string
  readonly cure?: string | undefined
}

type Explanations<Reason extends string> = { readonly [R in Reason]: Explained }

/** Why a document was refused. */
export const rejectReasons: Explanations<RejectReason> = {
  not_utf8: {
    cause: 'The message has bytes that are not UTF-8.',
    cure: 'Correct the upstream. If it sends binary messages that are no data, list them in `FEED_<NAME>_IGNORE`.',
  },
  not_json: {
    cause: 'The message is not JSON.',
    cure: 'Correct the upstream. List plain-text control messages such as `pong` in `FEED_<NAME>_IGNORE`.',
  },
  not_an_object: {
    cause: 'The message, or an element of its array, is JSON but not an object.',
    cure: 'Correct the upstream, or list such messages in `FEED_<NAME>_IGNORE`.',
  },
  no_records: {
    cause: 'The part of the message that `FEED_<NAME>_RECORDS` names is missing, or is neither an object nor an array.',
    cure: 'Correct `FEED_<NAME>_RECORDS`, or list messages without data in `FEED_<NAME>_IGNORE`.',
  },
  too_many_documents: {
    cause: 'The message holds more documents than the feed allows. The whole message is refused as one document.',
    cure: 'Raise `FEED_<NAME>_MAX_DOCUMENTS`.',
  },
  too_deep: {
    cause: 'The document is nested too deeply to be read or encoded.',
    cure: 'Correct the upstream, or flatten the schema.',
  },
  no_key: {
    cause: 'The field that `FEED_<NAME>_KEY_FIELD` names is missing, null, or neither a text nor a number.',
    cure: 'Correct `FEED_<NAME>_KEY_FIELD`, or use `FEED_<NAME>_KEY` for a constant key.',
  },
  bad_value: {
    cause: 'A value does not fit the type of its field ([fitting.md](fitting.md)). The line names the path.',
    cure: 'Change the schema, or correct the upstream.',
  },
  bad_number: {
    cause: 'A number does not fit the type of its field exactly ([numbers.md](numbers.md)).',
    cure: 'Use a wider type in the schema: `long`, `double`, or `bytes` with the logical type `decimal`.',
  },
  missing_field: {
    cause: 'The document lacks a field for which the schema has no default.',
    cure: 'Give the field a default in the schema, or correct the upstream.',
  },
  encode: {
    cause: 'The document cannot be encoded, and no more specific reason was found.',
    cure: 'Compare the dead letter with the schema.',
  },
  too_large: {
    cause: 'The encoded record is larger than the encoder, the topic or the broker accepts.',
    cure: 'Raise `max.message.bytes` of the topic (and `message.max.bytes` of the broker).',
  },
  broker_refused: {
    cause: "Kafka refuses the record for good. The line names Kafka's error code.",
    cure: 'Do what the line says; often a setting of the topic is stricter than the record, for example `message.timestamp.after.max.ms`.',
  },
}

/** Why a connection ended or did not open. */
export const lostReasons: Explanations<LostReason | 'ended' | 'stopped'> = {
  ended: { cause: 'The upstream closed the connection in order (1000, 1001, or no code).' },
  stopped: { cause: 'The daemon closed the connection: a stop, or a reload.' },
  closed: {
    cause: 'The upstream closed the connection with an error code, or the connection broke.',
    cure: 'For codes 1008 and 4000 to 4999 check the token and `FEED_<NAME>_OPEN_MESSAGES`. Others: check the upstream.',
  },
  handshake_timeout: {
    cause: 'The handshake did not finish within `HANDSHAKE_TIMEOUT`.',
    cure: 'Check port and path of the URL. Raise `HANDSHAKE_TIMEOUT` for a slow upstream.',
  },
  handshake_status: {
    cause: 'The upstream answered the handshake with an HTTP status other than 101. Redirects are not followed.',
    cure: 'For 401 and 403 check the token; for 404 the path; for 429 lower `DIAL_RATE`.',
  },
  connect: {
    cause: 'The TCP connection was refused, reset, or timed out.',
    cure: 'Check host and port of the URL, that the upstream runs, and firewalls.',
  },
  dns: {
    cause: 'The host name of the URL was not resolved.',
    cure: 'Check the host name, and the name server of this machine.',
  },
  tls: {
    cause: 'The TLS handshake failed, or one of the two sides does not speak TLS.',
    cure: 'Check `ws://` or `wss://`, the port, and the certificate of the upstream.',
  },
  ping_timeout: {
    cause: 'The upstream did not answer a ping in time. The connection is half open or the upstream hangs.',
    cure: 'None for a single loss. For an upstream that never answers pings set `FEED_<NAME>_PING_INTERVAL=off`.',
  },
  silent: {
    cause: 'No message arrived within the silence limit.',
    cure: 'Raise `FEED_<NAME>_SILENCE_TIMEOUT` where the upstream may be quiet for longer.',
  },
  too_big: {
    cause: 'A message is larger than the feed allows. The connection was closed with 1009.',
    cure: 'Raise `FEED_<NAME>_MAX_MESSAGE_BYTES`.',
  },
  protocol: {
    cause: 'The peer violates the WebSocket protocol, or is no WebSocket server.',
    cure: 'Check scheme, port and path of the URL; otherwise correct the upstream.',
  },
  configuration: {
    cause: 'A file that is read at each dial (`URLS_FILE`, `HEADERS_FILE`, `OPEN_MESSAGES_FILE`) cannot be used.',
    cure: 'Correct the file. The next dial reads it again.',
  },
}

/** Why Kafka or the schema registry cannot be used now. */
export const unavailableReasons: Explanations<UnavailableReason> = {
  connect: {
    cause: 'The brokers or the registry cannot be reached.',
    cure: 'Check the address, that the service runs, and that this machine reaches it.',
  },
  timeout: {
    cause: 'The service accepted a connection or a request, and did not respond in time.',
    cure: 'Check that the service is healthy, and `KAFKA_SECURITY_PROTOCOL`: a TLS listener says nothing to a plain client.',
  },
  authentication: {
    cause: 'The service does not accept the credentials, or its certificate is not trusted.',
    cure: 'Check `KAFKA_SECURITY_PROTOCOL`, `KAFKA_SASL_…` and `KAFKA_SSL_…`, or the credentials of the registry.',
  },
  authorization: {
    cause: 'The user is known, but may not do this.',
    cure: 'Grant Describe and Write on the topic, or read access to the subject.',
  },
  no_topic: {
    cause: 'The topic or the partition does not exist. The daemon creates no topics.',
    cure: 'Create the topic: `kafka-topics.sh --create`, or `npm run initialise`.',
  },
  not_leader: { cause: 'The partition has no leader at the moment, for example during a restart of a broker.' },
  not_enough_replicas: {
    cause: 'Fewer replicas are in sync than `min.insync.replicas` of the topic.',
    cure: 'Bring the missing brokers back.',
  },
  too_large: {
    cause: 'A request with several records is larger than the topic accepts. It is sent again in smaller parts.',
  },
  invalid_record: {
    cause:
      'Kafka refuses a request without naming the record, or the topic does not suit the feed (a compacted topic needs keys).',
    cure: 'Do what the line says. A refused request is sent again in smaller parts.',
  },
  no_subject: {
    cause: 'The registry has no subject of this name.',
    cure: 'Register the schema, or correct the schema name or `SCHEMA_REGISTRY_URL`.',
  },
  bad_schema: {
    cause: 'The schema is not valid Avro, is neither a record nor a map, or is too large.',
    cure: 'Register a version that is valid.',
  },
  clock: {
    cause: "Kafka refuses the timestamps because this machine's clock or the broker's is wrong.",
    cure: "Set this machine's clock, or the broker's.",
  },
  response: {
    cause: 'The response makes no sense: it is of another program, or of a proxy.',
    cure: 'Check the address. `SCHEMA_REGISTRY_URL` is the base of a Confluent-compatible API.',
  },
  unknown: {
    cause: 'The Kafka client failed for a reason that it does not name. It is replaced if it does not recover.',
    cure: 'Look at the logs of the brokers. Report it if it persists.',
  },
}
