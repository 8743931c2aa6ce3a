/** Row 36: JSON that is meant to break parsers: depth, width, duplicate keys, names of prototypes, huge text. */
import { type Paths, startPaths } from '../paths.ts'
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'
import { openSideFeed, type SideFeed } from '../side-feed.ts'

const SCHEMA = {
  type: 'record',
  name: 'Monster',
  fields: [
    { name: 'id', type: 'int' },
    { name: 'n', type: 'long' },
    { name: 'side', type: ['null', 'string'], default: null },
    // A name that every object has from its prototype.
    { name: 'constructor', type: ['null', 'string'], default: null },
    { name: 'text', type: 'string', default: '' },
  ],
}
const DEPTH = 100_000
const KEYS = 1_000_000
const nested = (open: string, close: string): string => `${open.repeat(DEPTH)}1${close.repeat(DEPTH)}`
const deepObject = nested('{"a":', '}')
const deepArray = nested('[', ']')
const keys = Array.from({ length: KEYS }, (_, at) => `"k${at}":${at}`).join()
const KIB = 1024
const WORST_LAG_S = 15

/** What is right: the fields of the record that are not defaults, or the reason it is a dead letter for. */
type Right = { readonly reason: string } | Readonly<Record<string, unknown>>
/** The text with `ID` for the number of the case. */
type Monster = readonly [what: string, text: string, right: Right]

const missing = { reason: 'missing_field' }
const MONSTERS: readonly Monster[] = [
  ['deep arrays', deepArray, { reason: 'not_an_object' }],
  ['deep objects', deepObject, missing],
  ['deep objects in a field that is not there', `{"id":ID,"n":1,"extra":${deepObject}}`, { n: 1 }],
  ['deep arrays where a number belongs', `{"id":ID,"n":${deepArray}}`, { reason: 'bad_value' }],
  ['a million keys', `{"id":ID,"n":2,${keys}}`, { n: 2 }],
  ['a million keys and none that counts', `{"id":ID,${keys}}`, missing],
  ['a key twice: the last wins', '{"id":ID,"n":3,"n":4}', { n: 4 }],
  ['a key twice, the last is no number', '{"id":ID,"n":3,"n":"x"}', { reason: 'bad_value' }],
  ['a key twice, once escaped', '{"id":ID,"n":5,"\\u006e":6}', { n: 6 }],
  ['__proto__ with the fields', '{"id":ID,"__proto__":{"n":7,"side":"SELL"}}', missing],
  ['__proto__ beside the fields', '{"id":ID,"n":8,"__proto__":{"side":"SELL"}}', { n: 8 }],
  ['constructor.prototype', '{"id":ID,"n":9,"constructor":{"prototype":{"side":"SELL"}}}', { reason: 'bad_value' }],
  ['a constructor that is text', '{"id":ID,"n":10,"constructor":"me"}', { n: 10, constructor: 'me' }],
  ['toString and hasOwnProperty', '{"id":ID,"n":11,"toString":1,"hasOwnProperty":null}', { n: 11 }],
  ['512 KiB of text', `{"id":ID,"n":12,"text":"${'t'.repeat(512 * KIB)}"}`, { n: 12, text: 't'.repeat(512 * KIB) }],
  ['16 MiB of text', `{"id":ID,"n":13,"text":"${'t'.repeat(16 * KIB * KIB)}"}`, { reason: 'too_large' }],
  ['16 MiB of escapes', `{"id":ID,"n":14,"extra":"${'\\u0041'.repeat((16 * KIB * KIB) / 6)}"}`, { n: 14 }],
  ['a number of a million digits', `{"id":ID,"n":${'9'.repeat(1_000_000)}}`, { reason: 'bad_number' }],
  // If one of them got through to a prototype, it shows here.
  ['an ordinary one', '{"id":ID,"n":15}', { n: 15 }],
  ['one without its number', '{"id":ID}', missing],
]

const places = new WeakMap<Rig, { readonly side: SideFeed; readonly paths: Paths }>()

export const row: Row = {
  number: 36,
  title: '100,000 levels, a million keys, duplicate keys, names of prototypes, huge text',
  clients: 'any',
  env: (rig) => {
    const place = places.get(rig)
    return { ...place?.side.env([place.paths.url('monsters')], { MAX_MESSAGE_BYTES: '32MiB' }) }
  },
  expect: { controlFlows: true, rssBytes: 600 * KIB * KIB },
  async prepare(rig) {
    places.set(rig, { side: await openSideFeed(rig, 'monsters', { schema: SCHEMA }), paths: await startPaths(rig) })
  },
  async inject(rig) {
    const place = places.get(rig)
    if (!place) return
    for (const [id, [, text]] of MONSTERS.entries()) {
      await place.paths.send('monsters', text.replace('ID', `${id}`))
      rig.findings.push(...(await taken(rig, place.side, id + 1)))
    }
    await rig.noticesInMetrics('dead letters are counted', (samples) => {
      const labels = { feed: 'monsters', outcome: 'dead_lettered' }
      return (samples.value('tributary_documents_total', labels) ?? 0) > 0
    })
    const worst = Math.max(0, ...rig.sampler.looks.map(({ loopLagS }) => loopLagS))
    // One message is read in one go: what it may cost is bounded by MAX_MESSAGE_BYTES.
    rig.findings.push({
      id: 'I6',
      ok: worst < WORST_LAG_S,
      detail: `the event loop was held up for ${worst.toFixed(1)} s at most (below ${WORST_LAG_S} s)`,
    })
    // And afterwards it is well again, which I6 says of most of the time.
    await rig.wait(60)
  },
  async check(_evidence, rig) {
    const place = places.get(rig)
    if (!place) return []
    const [decoded, letters] = [await place.side.decoded(), await place.side.deadLetters()]
    const reasons = letters.map(({ headers }) => String(headers['tributary-reason']))
    const records = new Map(decoded.map(({ content }) => [content.id, content]))
    const expected = MONSTERS.flatMap(([, , right]) => ('reason' in right ? [right.reason] : []))
    const wrong = MONSTERS.flatMap(([what, , right], id) =>
      'reason' in right || isRight(records.get(id), right, id) ? [] : [what],
    )
    const dials = place.paths.dials('monsters')
    return [
      {
        id: 'I5',
        ok: wrong.length === 0 && decoded.length === MONSTERS.length - expected.length,
        detail: `${decoded.length} records are exact${wrong.length > 0 ? `, but not ${wrong.join(', ')}` : ''}`,
      },
      // One partition, one source: in the order they were sent.
      { id: 'row', ok: `${reasons}` === `${expected}`, detail: `dead letters: ${reasons.join(', ')}` },
      { id: 'row', ok: dials === 1, detail: `the upstream was dialled ${dials} times` },
    ]
  },
}

/** One at a time, so that each is refused or written before the next comes; a finding only where that fails. */
async function taken(rig: Rig, side: SideFeed, messages: number): Promise<Finding[]> {
  const { ok, ...rest } = await side.settled(messages)
  return ok && messages < MONSTERS.length && rig.daemon.running ? [] : [{ ok, ...rest }]
}

function isRight(content: Readonly<Record<string, unknown>> | undefined, right: Right, id: number): boolean {
  const expected = { id, n: 0, side: null, constructor: null, text: '', ...right }
  return content !== undefined && JSON.stringify(content) === JSON.stringify(expected)
}
