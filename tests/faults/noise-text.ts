/** What the noise of row 38 says: of twenty messages one is a document of this schema. */

/** The documents that are none of the noise. */
export const NOISE_SCHEMA = { type: 'record', name: 'Signal', fields: [{ name: 'seq', type: 'long' }] } as const

const EVERY = 20
/** Ways to be no document, taken in turn, and the reason each is refused for. */
const NOISE: readonly (readonly [reason: string, text: (seq: number) => string | Buffer])[] = [
  ['not_json', (seq) => `{"seq":${seq}`],
  ['missing_field', (seq) => `{"type":"heartbeat","at":${seq}}`],
  ['not_an_object', (seq) => `${seq}`],
  ['bad_value', (seq) => `{"seq":"${seq}"}`],
  ['bad_number', (seq) => `{"seq":${seq}.5}`],
  ['not_utf8', (seq) => Buffer.from([0xc3, 0x28, seq & 0x7f])],
]

/** Whether message `seq` is a document. */
export const isValid = (seq: number): boolean => seq % EVERY === 0

/** Message `seq`. */
export function noiseText(seq: number): string | Buffer {
  return isValid(seq) ? `{"seq":${seq}}` : (NOISE[seq % NOISE.length]?.[1](seq) ?? '')
}

/** How many of the first `messages` are refused, by reason. */
export function refusedOf(messages: number): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let seq = 0; seq < messages; seq++) {
    const reason = NOISE[seq % NOISE.length]?.[0] ?? ''
    if (!isValid(seq)) counts[reason] = (counts[reason] ?? 0) + 1
  }
  return counts
}
