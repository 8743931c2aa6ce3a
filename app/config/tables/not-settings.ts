/** Settings that users of other programs look for in vain. */

/** What a feed calls it, by the suffix that others use. */
export const synonyms: Readonly<Record<string, string>> = {
  TOPIC: 'SCHEMA',
  SUBSCRIBE: 'OPEN_MESSAGES',
  SUBSCRIPTION: 'OPEN_MESSAGES',
  IDLE_TIMEOUT: 'SILENCE_TIMEOUT',
}

/** What is not possible, and why: a clause. */
export const impossible: readonly { readonly suffixes: RegExp; readonly why: string }[] = [
  {
    suffixes: /^PING_(MESSAGE|TEXT|PAYLOAD|DATA)/,
    why: 'pings are those of the WebSocket protocol (PING_INTERVAL), and a text cannot be sent as one',
  },
  {
    suffixes: /^(SSL|TLS)_/,
    why: 'the certificates of upstreams are checked against those that Node trusts, and NODE_EXTRA_CA_CERTS names a file with more',
  },
  { suffixes: /^SCHEMA_(VERSION|ID)$/, why: 'the latest version of the schema is always used' },
  { suffixes: /^KEY_(SCHEMA|FORMAT|SUBJECT|TYPE)$/, why: 'keys are text (KEY or KEY_FIELD), and have no schema' },
]
