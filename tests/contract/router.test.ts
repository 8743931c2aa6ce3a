/** What every router of the registry keeps: a declared destination for any document, or `Rejected`, and the same for the same. */
import { describe, expect, it } from '@jest/globals'
import { Rejected } from '../../app/errors.ts'
import type { Destination, Document, Message, Router } from '../../app/model.ts'
import { routers } from '../../app/route/index.ts'
import { loadKind } from '../../app/settings/kind.ts'
import { kindValues } from '../support/kind-values.ts'

const MARK = 'qzmarkqz'
const message = (hash: number): Message => ({
  source: { feed: 'f', id: `ws://h/${hash}`, shown: 'ws://h/', hash },
  data: Buffer.alloc(0),
  receivedAt: 0,
})
const VALUES = [null, true, 0, -1.5, '', MARK, '\ud800', [], [MARK], {}, { [MARK]: 1 }, { symbol: MARK }]
const documents: readonly Document[] = [
  {},
  ...VALUES.flatMap((value) => [{ symbol: value }, { ticker: value }, { a: { b: value } }, { __proto__: value }]),
]

describe.each(Object.entries(routers))('the router %s', (name, { help, settings }) => {
  const make = async (examples: boolean): Promise<Router> => {
    return (await loadKind(routers, name))(kindValues(settings, examples), { schema: 'Topic' })
  }

  it('has a line of help', () => expect(help).toMatch(/^\S.*\S$/))

  it.each([
    ['its defaults', false],
    ['its examples', true],
  ])('with %s sends each document where it said, or refuses it without content', async (_, examples) => {
    const router = await make(examples)
    expect(router.topics.length).toBeGreaterThan(0)
    for (const document of documents) {
      const before = JSON.stringify(document)
      const found = outcome(router, document, message(7))
      expect(JSON.stringify(document)).toBe(before)
      if (typeof found === 'string') expect(found).not.toContain(MARK)
      else {
        expect(router.topics).toContain(found.topic)
        expect(router.subjects).toContain(found.subject)
        expect(Number.isSafeInteger(found.hash) && found.hash >= 0).toBe(true)
        expect(found.key === null || Buffer.isBuffer(found.key)).toBe(true)
      }
    }
  })

  it('says the same for the same document, whatever came between', async () => {
    const router = await make(true)
    const first = documents.map((document) => outcome(router, document, message(3)))
    const second = [...documents].reverse().map((document) => outcome(router, document, message(3)))
    expect(second.reverse()).toEqual(first)
  })
})

function outcome(router: Router, document: Document, from: Message): Destination | string {
  try {
    return router.route(document, from)
  } catch (error) {
    expect(error).toBeInstanceOf(Rejected)
    const { message: text, path, cause } = error as Rejected
    return `${text} ${path} ${String(cause)}`
  }
}
