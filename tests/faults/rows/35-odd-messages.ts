/** Row 35: messages that are not one JSON object in UTF-8, between good ones. */
import type { RejectReason } from '../../../app/errors.ts'
import { readValue } from '../checker/wire.ts'
import { stamp } from '../document.ts'
import type { Evidence } from '../evidence.ts'
import { type Paths, startPaths } from '../paths.ts'
import type { Rig } from '../rig.ts'
import type { Row } from '../row.ts'

const PATH = 'odd'
const BOM = Buffer.from([0xef, 0xbb, 0xbf])
const BROKEN = Buffer.from([0xc3, 0x28, 0xff])

interface Odd {
  readonly what: string
  /** Made of documents that count on from 0; `document` makes the next. */
  readonly data: (document: () => string) => string | Buffer
  readonly binary?: boolean
  /** Why each document of it is refused that is; with the number of its element, if it is one. */
  readonly refused?: readonly (readonly [reason: RejectReason, element?: number])[]
}

const notUtf8: Odd['refused'] = [['not_utf8']]
const notJson: Odd['refused'] = [['not_json']]
const notObject: Odd['refused'] = [['not_an_object']]
const ODD: readonly Odd[] = [
  { what: 'text', data: (document) => document() },
  { what: 'binary', data: (document) => document(), binary: true },
  { what: 'invalid UTF-8', data: () => BROKEN, binary: false, refused: notUtf8 },
  {
    what: 'invalid UTF-8 within a document',
    data: () => Buffer.concat([Buffer.from('{"source":"'), BROKEN, Buffer.from('"}')]),
    binary: false,
    refused: notUtf8,
  },
  { what: 'invalid UTF-8, binary', data: () => BROKEN, binary: true, refused: notUtf8 },
  { what: 'nothing', data: () => '', refused: notJson },
  { what: 'nothing, binary', data: () => Buffer.alloc(0), binary: true, refused: notJson },
  { what: 'a byte order mark first', data: (document) => Buffer.concat([BOM, Buffer.from(document())]), binary: false },
  { what: 'a byte order mark alone', data: () => BOM, binary: false, refused: notJson },
  {
    what: 'two byte order marks',
    data: () => Buffer.concat([BOM, BOM, Buffer.from('{}')]),
    binary: false,
    refused: notJson,
  },
  { what: 'UTF-16', data: () => Buffer.from('\ufeff{}', 'utf16le'), binary: true, refused: notUtf8 },
  { what: 'null', data: () => 'null', refused: notObject },
  { what: 'a number', data: () => '1e3', refused: notObject },
  { what: 'a string', data: () => '"{}"', refused: notObject },
  { what: 'true', data: () => 'true', refused: notObject },
  { what: 'an array of documents', data: (document) => `[${document()}, ${document()}]` },
  { what: 'an empty array', data: () => '[]' },
  {
    what: 'an array with others among the documents',
    data: (document) => `[${document()}, 5, ${document()}, [${'{}'}], null]`,
    refused: [
      ['not_an_object', 1],
      ['not_an_object', 3],
      ['not_an_object', 4],
    ],
  },
  { what: 'blanks around', data: (document) => ` \r\n\t${document()}\n` },
  { what: 'garbage behind', data: () => '{"source":"x"} garbage', refused: notJson },
  { what: 'a second document behind', data: () => '{"source":"x"}\n{"source":"y"}', refused: notJson },
  { what: 'a zero byte behind', data: () => '{"source":"x"}\0', refused: notJson },
  { what: 'half a document', data: () => '{"source":"x"', refused: notJson },
  { what: 'not quite JSON', data: () => '{source: "x", seq: NaN}', refused: notJson },
]
const REFUSED = ODD.flatMap(({ refused = [] }) => refused).length

const places = new WeakMap<Rig, { readonly paths: Paths; readonly sent: Buffer[]; documents: number }>()

export const row: Row = {
  number: 35,
  title: 'invalid UTF-8, binary, empty, byte order marks, scalars, arrays, garbage behind',
  clients: 'any',
  env: (rig) => ({ FEED_FAULT_URLS: [...rig.faultUrls, places.get(rig)?.paths.url(PATH) ?? ''].join() }),
  expect: { foreign: true, rejected: REFUSED, controlFlows: true },
  async prepare(rig) {
    places.set(rig, { paths: await startPaths(rig), sent: [], documents: 0 })
  },
  async inject(rig) {
    const place = places.get(rig)
    if (!place) return
    const wait = rig.wait(5)
    const document = (): string => JSON.stringify(stamp(PATH, place.documents++, rig.canaries.payload, ''))
    for (const { data, binary } of ODD) {
      const made = data(document)
      place.sent.push(Buffer.from(made))
      await place.paths.send(PATH, made, binary)
    }
    for (const reason of ['not_utf8', 'not_json', 'not_an_object']) {
      await rig.noticesInMetrics(`tributary_documents_total counts ${reason}`, (samples) => {
        const labels = { feed: 'fault', outcome: 'dead_lettered', reason }
        return (samples.value('tributary_documents_total', labels) ?? 0) > 0
      })
    }
    await wait
    const dials = place.paths.dials(PATH)
    rig.findings.push({ id: 'row', ok: dials === 1, detail: `the upstream of odd messages was dialled ${dials} times` })
  },
  check: (evidence, rig) => {
    const place = places.get(rig)
    if (!place) return []
    const { fault } = evidence
    const seqs = fault.tally.others.map(({ value }) => {
      const { document, isIntact } = readValue(value)
      return isIntact && document.source === PATH ? document.seq : -1
    })
    const inOrder = seqs.length === place.documents && seqs.every((seq, at) => seq === at)
    const wrong = wrongLetters(evidence, place.sent)
    return [
      { id: 'I5', ok: inOrder, detail: `${seqs.length} of ${place.documents} good documents, each once and in order` },
      {
        id: 'row',
        ok: wrong.length === 0,
        detail: wrong.join('; ') || `${REFUSED} dead letters, each with its bytes and reason`,
      },
    ]
  },
}

/** Each refused document is one letter: the bytes that were sent, its reason, the number of its element. */
function wrongLetters({ fault }: Evidence, sent: readonly Buffer[]): string[] {
  const letters = [...fault.deadLetters]
  const wrong = ODD.flatMap(({ what, refused = [] }, at) =>
    refused.flatMap(([reason, element]) => {
      const found = letters.findIndex(
        ({ value, headers }) =>
          (value ?? Buffer.alloc(0)).equals(sent[at] ?? Buffer.alloc(0)) &&
          String(headers['tributary-reason']) === reason &&
          (element === undefined || String(headers['tributary-document']) === `${element}`),
      )
      if (found < 0) return [`no letter for ${what} (${reason})`]
      letters.splice(found, 1)
      return []
    }),
  )
  return letters.length > 0 ? [...wrong, `${letters.length} letters too many`] : wrong
}
