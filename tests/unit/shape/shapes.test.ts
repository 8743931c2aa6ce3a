/** PARSE, RECORDS, RECORDS_KEEP, ONLY, RENAME and SET: from a message to the documents that are routed. */
import { describe, expect, it } from '@jest/globals'
import { readConfig } from '../../../app/config/index.ts'
import { documentOf, Ignored, outcomesOf, Several } from '../../../app/documents.ts'
import { Rejected } from '../../../app/errors.ts'
import { feedSteps } from '../../../app/feed-steps.ts'
import { kinds } from '../../../app/kinds.ts'
import { Clock } from '../../../app/lib/clock.ts'
import { Slice } from '../../../app/lib/slice.ts'
import { message } from '../../support/messages.ts'

const HOUSE = { BOOTSTRAP_SERVERS: 'h:1', SCHEMA_REGISTRY_URL: 'http://h' }

async function steps(settings: Readonly<Record<string, string>>) {
  const own = Object.entries({ URLS: 'ws://h/', SCHEMA: 'S', ...settings })
  const config = readConfig({ ...HOUSE, ...Object.fromEntries(own.map(([k, v]) => [`FEED_A_${k}`, v])) }, kinds)
  const [feed] = config.feeds
  if (!feed) throw new Error('no feed')
  const watched: unknown[] = []
  return {
    watched,
    steps: { ...(await feedSteps(feed, config, new Clock())), watch: (document: unknown) => watched.push(document) },
  }
}

/** What becomes of a message: documents, `control`, `nothing`, or the reason of a refusal. */
async function outcomes(text: string, settings: Readonly<Record<string, string>>): Promise<unknown[]> {
  const { steps: known } = await steps(settings)
  const told = (one: unknown): unknown =>
    one instanceof Ignored ? (one.reason ?? 'nothing') : one instanceof Rejected ? one.reason : one
  try {
    const found = documentOf(message(text), known)
    if (!(found instanceof Several)) return [told(found)]
    return (await outcomesOf(found, message(text), known, new Slice())).map(told)
  } catch (error) {
    return [told(error)]
  }
}

type Row = readonly [string, Readonly<Record<string, string>>, unknown[]]

describe('RECORDS', () => {
  it.each<Row>([
    ['{"data":[{"p":1},{"p":2}]}', { RECORDS: 'data' }, [{ p: 1 }, { p: 2 }]],
    ['{"data":{"p":1}}', { RECORDS: 'data' }, [{ p: 1 }]],
    ['{"a":{"b":[{"p":1}]}}', { RECORDS: 'a.b' }, [{ p: 1 }]],
    ['{"a.b":[{"p":1}]}', { RECORDS: 'a\\.b' }, [{ p: 1 }]],
    ['[{"p":1},{"p":2}]', { RECORDS: '@' }, [{ p: 1 }, { p: 2 }]],
    ['{"p":1}', { RECORDS: '@' }, [{ p: 1 }]],
    [
      '{"x":{"p":1},"y":{"p":2,"key":"mine"}}',
      { RECORDS: '{}' },
      [
        { key: 'x', p: 1 },
        { key: 'mine', p: 2 },
      ],
    ],
    ['{"d":{"x":{"p":1}}}', { RECORDS: 'd.{}' }, [{ key: 'x', p: 1 }]],
    ['{"data":[]}', { RECORDS: 'data' }, ['nothing']],
    ['{"other":1}', { RECORDS: 'data' }, ['no_records']],
    ['{"data":5}', { RECORDS: 'data' }, ['no_records']],
    ['{"d":[1]}', { RECORDS: 'd{}' }, ['no_records']],
    ['{"data":[1,{"p":1},[]]}', { RECORDS: 'data' }, ['not_an_object', { p: 1 }, 'not_an_object']],
    ['{"data":[{},{},{}]}', { RECORDS: 'data', MAX_DOCUMENTS: '2' }, ['too_many_documents']],
    ['{"k":1,"data":[{},{},{}]}', { RECORDS: 'data', RECORDS_KEEP: 'k', MAX_DOCUMENTS: '2' }, ['too_many_documents']],
    ['{"toString":1}', { RECORDS: 'constructor' }, ['no_records']],
  ])('of %s with %j gives %j', async (text, settings, expected) => {
    expect(await outcomes(text, settings)).toEqual(expected)
  })

  it.each<Row>([
    ['{"stream":"s","data":{"p":1}}', { RECORDS_KEEP: 'stream' }, [{ stream: 's', p: 1 }]],
    ['{"stream":"s","data":{"stream":"own"}}', { RECORDS_KEEP: 'stream' }, [{ stream: 'own' }]],
    ['{"arg":{"channel":"c"},"data":[{"p":1}]}', { RECORDS_KEEP: 'arg.channel,gone' }, [{ channel: 'c', p: 1 }]],
  ])('with KEEP of %s with %j gives %j', async (text, settings, expected) => {
    expect(await outcomes(text, { RECORDS: 'data', ...settings })).toEqual(expected)
  })

  it('leaves what is named __proto__ a field like others', async () => {
    const [document] = await outcomes('{"__proto__":{"evil":1},"data":{"p":1}}', {
      RECORDS: 'data',
      RECORDS_KEEP: '__proto__',
      RENAME: 'p:__proto__',
    })
    expect(Object.getPrototypeOf(document)).toBe(Object.prototype)
    expect(JSON.stringify(document)).toBe('{"__proto__":{"evil":1},"p":1}')
  })

  it('gives its documents to the watcher of sequences, and no control message', async () => {
    const { steps: known, watched } = await steps({ RECORDS: 'data', IGNORE: '[{"type":"ping"}]' })
    expect(documentOf(message('{"type":"ping","data":[{"q":1}]}'), known)).toBeInstanceOf(Ignored)
    const found = documentOf(message('{"data":[{"q":1,"type":"ping"}]}'), known)
    expect(await outcomesOf(found as Several, message('{}'), known, new Slice())).toEqual([{ q: 1, type: 'ping' }])
    expect(watched).toEqual([{ q: 1, type: 'ping' }])
  })
})

describe('ONLY', () => {
  it.each<Row>([
    ['{"e":"trade"}', { ONLY: '[{"e":"trade"}]' }, [{ e: 'trade' }]],
    ['{"e":"book"}', { ONLY: '[{"e":"trade"}]' }, ['control']],
    ['[{"e":"book"},{"e":"trade"}]', { ONLY: '[{"e":"trade"}]' }, ['control', { e: 'trade' }]],
    ['{"e":"trade","x":1}', { ONLY: '[{"e":"trade"}]', IGNORE: '[{"x":1}]' }, ['control']],
    ['{"ch":"t","data":[{"p":1}]}', { ONLY: '[{"ch":"t"}]', RECORDS: 'data' }, [{ p: 1 }]],
    ['{"ch":"u","data":[{"ch":"t"}]}', { ONLY: '[{"ch":"t"}]', RECORDS: 'data' }, ['control']],
    ['not json', { ONLY: '[{"e":"trade"}]' }, ['not_json']],
  ])('of %s with %j gives %j', async (text, settings, expected) => {
    expect(await outcomes(text, settings)).toEqual(expected)
  })
})

describe('PARSE=ndjson', () => {
  it.each<Row>([
    ['{"k":"a"}\n{"k":"b"}\n', {}, [{ k: 'a' }, { k: 'b' }]],
    ['{"k":"a"}\r\n\r\n \t\n[{"k":"b"},5]', {}, [{ k: 'a' }, { k: 'b' }, 'not_an_object']],
    ['{"d":[{"k":1}]}\n{"d":[{"k":2},{"k":3}]}', { RECORDS: 'd' }, [{ k: 1 }, { k: 2 }, { k: 3 }]],
    ['{"k":1}\n{"k":2}', { IGNORE: '[{"k":1}]' }, ['control', { k: 2 }]],
    ['{"k":1}\n{"k":', {}, ['not_json']],
    ['\n\n', {}, ['not_json']],
    ['{}\n{}\nnot json', { MAX_DOCUMENTS: '2' }, ['too_many_documents']],
    ['{"k":9007199254740993}\n', { KEY_FIELD: 'k' }, [{ k: expect.objectContaining({}) }]],
  ])('of %j with %j gives %j', async (text, settings, expected) => {
    expect(await outcomes(text, { PARSE: 'ndjson', ...settings })).toEqual(expected)
  })
})

describe('RENAME and SET', () => {
  it.each<Row>([
    ['{"s":"A","p":1}', { RENAME: 's:symbol' }, [{ symbol: 'A', p: 1 }]],
    ['{"s":"A","symbol":"B"}', { RENAME: 's:symbol' }, [{ s: 'A', symbol: 'B' }]],
    ['{"a":1,"b":2}', { RENAME: 'a:b,b:a' }, [{ b: 1, a: 2 }]],
    ['{"a":1,"b":2,"c":3}', { RENAME: 'a:b,b:c' }, [{ a: 1, b: 2, c: 3 }]],
    ['{"a":1,"b":2}', { RENAME: 'a:b,b:c' }, [{ b: 1, c: 2 }]],
    ['{"b":2,"p":{"x":1}}', { RENAME: 'p.x:y,b:p' }, [{ b: 2, p: { y: 1 } }]],
    ['{"c":{"@context":1,"x":2}}', { RENAME: 'c.@context:context' }, [{ c: { context: 1, x: 2 } }]],
    ['{"c":5}', { RENAME: 'c.a:b' }, [{ c: 5 }]],
    ['{"x.y":1}', { RENAME: 'x\\.y:xy' }, [{ xy: 1 }]],
    ['{"p":1}', { SET: 'venue:binance' }, [{ p: 1, venue: 'binance' }]],
    ['{"venue":1}', { SET: 'venue:a:b' }, [{ venue: 'a:b' }]],
    ['{"s":"A"}', { RENAME: 's:v', SET: 'v:x,src:$source' }, [{ v: 'x', src: 'ws://localhost/a' }]],
    ['{}', { SET: 'seen:$received_at' }, [{ seen: expect.any(Number) }]],
    ['{}', { SET: 'id:$uuid' }, [{ id: expect.stringMatching(/^[0-9a-f-]{36}$/) }]],
  ])('of %s with %j gives %j', async (text, settings, expected) => {
    expect(await outcomes(text, settings)).toEqual(expected)
  })

  it.each<readonly [Readonly<Record<string, string>>, string]>([
    [{ RENAME: 'a' }, 'FEED_A_RENAME must be a list of path:name'],
    [{ RENAME: 'a:b,c:b' }, 'FEED_A_RENAME gives two fields one name (items 1 and 2)'],
    [{ RENAME: 'a:b,a:c' }, 'FEED_A_RENAME renames a field twice (items 1 and 2)'],
    [{ SET: 'a:$now' }, 'FEED_A_SET must be a list of name:value'],
    [{ SET: 'a:1,a:2' }, 'FEED_A_SET sets a field twice (items 1 and 2)'],
    [{ RECORDS: 'a..b' }, 'FEED_A_RECORDS must be the path'],
    [{ RECORDS_KEEP: 'a.x,b.x', RECORDS: 'd' }, 'FEED_A_RECORDS_KEEP gives two fields one name (items 1 and 2)'],
    [{ KEY_FIELD: 'a\\' }, 'FEED_A_KEY_FIELD must be a dotted path'],
  ])('refuse %j: %s', async (settings, problem) => {
    await expect(steps(settings)).rejects.toMatchObject({
      problems: [expect.stringContaining(problem)],
    })
  })
})
