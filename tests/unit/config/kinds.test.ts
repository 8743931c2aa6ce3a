/** Kinds that were not thought of: their settings, what chooses them, and what is needed with them. */
import { describe, expect, it } from '@jest/globals'
import { describeSettings, type Kinds, readConfig } from '../../../app/config/index.ts'
import { ConfigError, sentenceOf } from '../../../app/errors.ts'
import { feedSteps } from '../../../app/feed-steps.ts'
import { Clock } from '../../../app/lib/clock.ts'
import { text } from '../../../app/settings/formats/basic.ts'
import { duration } from '../../../app/settings/formats/measures.ts'
import { loadKind, settingsOf } from '../../../app/settings/kind.ts'
import type { Settings } from '../../../app/settings/setting.ts'
import { base, kinds, type TestEnv } from './environment.ts'

const load = async () => () => undefined
const fake = (settings: Settings = {}) => ({ help: 'a fake', settings, load, needs: [], connects: true, maxBytes: 1 })
const word = (more: object = {}) => ({ group: 'Fakes', format: text('a word'), help: 'A word.', ...more })

function outcome(env: TestEnv, over: Partial<Kinds>): { problems: readonly string[]; warnings: readonly string[] } {
  try {
    const { warnings } = readConfig<Kinds>({ ...base, ...env }, { ...kinds, ...over })
    return { problems: [], warnings: warnings.map(sentenceOf) }
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems, warnings: [] }
    throw error
  }
}
const read = (env: TestEnv, over: Partial<Kinds>) => readConfig<Kinds>({ ...base, ...env }, { ...kinds, ...over })

describe('a second kind of source', () => {
  const sources = { ...kinds.sources, fake: fake({ PORT: word({ required: true }) }) }

  it('can be chosen, and then needs its own settings, and no URLs', () => {
    const chosen = { FEED_T_SOURCE: 'fake', FEED_T_URLS: undefined }
    expect(outcome(chosen, { sources }).problems).toEqual([expect.stringMatching(/^FEED_T_PORT is missing/)])
    const [feed] = read({ ...chosen, FEED_T_PORT: 'a' }, { sources }).feeds
    expect(feed).toMatchObject({ source: 'fake', port: 'a', urls: undefined })
  })

  it('is not what a feed has that says nothing', () => {
    expect(read({}, { sources }).feeds[0]).toMatchObject({ source: 'websocket', port: undefined })
  })

  it('has settings without effect where it is not in use, and so has the other', () => {
    expect(outcome({ FEED_T_PORT: 'a' }, { sources }).warnings).toEqual([
      'FEED_T_PORT has no effect: it is for fake, which is not in use; remove it.',
    ])
    expect(outcome({ FEED_T_SOURCE: 'fake', FEED_T_PORT: 'a' }, { sources }).warnings).toEqual([
      'FEED_T_URLS has no effect: it is for websocket, which is not in use; remove it.',
    ])
  })

  it('makes a feed be there by what it requires', () => {
    const env = { FEED_A_SOURCE: 'fake', FEED_A_PORT: 'x', FEED_A_SCHEMA: 'A', FEED_A_WHATEVER: 'x' }
    expect(outcome(env, { sources }).problems).toEqual(['FEED_A_WHATEVER is not a setting of feed a; remove it.'])
  })

  it('may not be misspelt', () => {
    expect(outcome({ FEED_T_SOURCE: 'fak' }, { sources }).problems).toEqual([
      'FEED_T_SOURCE must be one of websocket, fake; it is "fak".',
    ])
  })
})

describe('a format of values', () => {
  const plain = { ...kinds.encoders, plain: fake() }

  it('needs a registry only if it says so', () => {
    const without = { SCHEMA_REGISTRY_URL: undefined, FEED_T_FORMAT: 'plain' }
    expect(outcome(without, { encoders: plain })).toEqual({ problems: [], warnings: [] })
    expect(outcome({ ...without, FEED_T_FORMAT: 'avro' }, { encoders: plain }).problems).toHaveLength(1)
    expect(outcome({ ...without, GAPS_TOPIC: 'g' }, { encoders: plain }).problems).toHaveLength(1)
    const other = { SCHEMA_REGISTRY_TIMEOUT: '1s', SCHEMA_REGISTRY_URL: undefined }
    expect(outcome(other, {}).problems).toEqual([expect.stringMatching(/^SCHEMA_REGISTRY_URL is missing/)])
  })
})

describe('a sink', () => {
  const sinks = { ...kinds.sinks, fake: fake({ FAKE_URL: word({ required: true }) }) }

  it('needs its own settings, and brokers only if it says so', () => {
    const chosen = { KAFKA_CLIENT: 'fake', BOOTSTRAP_SERVERS: undefined }
    expect(outcome(chosen, { sinks }).problems).toEqual([expect.stringMatching(/^FAKE_URL is missing/)])
    expect(read({ ...chosen, FAKE_URL: 'x' }, { sinks })).toMatchObject({ sink: 'fake', fakeUrl: 'x' })
    expect(outcome({}, { sinks })).toEqual({ problems: [], warnings: [] })
    expect(outcome({ FAKE_URL: 'x' }, { sinks }).warnings).toEqual([
      'FAKE_URL has no effect: KAFKA_CLIENT is platformatic; remove it.',
    ])
    expect(outcome({ FAKE_UR: 'x' }, { sinks }).warnings).toEqual([expect.stringContaining('did you mean FAKE_URL?')])
  })
})

describe('a new setting', () => {
  const routers = { ...kinds.routers, fake: fake({ KEY_SCHEMA: word() }) }

  it("takes no variable of a feed that has URLs, though it is that feed's name and suffix as well", () => {
    const env = { FEED_A_URLS: 'ws://a', FEED_A_SCHEMA: 'A', FEED_A_KEY_URLS: 'ws://b', FEED_A_KEY_SCHEMA: 'B' }
    const { feeds } = read(env, { routers })
    expect(feeds.map(({ name, schema }) => [name, schema])).toEqual([
      ['t', 'Ticker'],
      ['a', 'A'],
      ['a_key', 'B'],
    ])
  })

  it('is what is meant where there is no such feed', () => {
    const env = { FEED_T_KEY_SCHEMA: 'x', FEED_T_ROUTER: 'fake' }
    expect(read(env, { routers }).feeds).toMatchObject([{ name: 't', keySchema: 'x' }])
  })

  it('may not be called as another', () => {
    const twice = { one: fake({ A_B: word() }), two: fake({ A_B: word() }) }
    expect(() => settingsOf(twice)).toThrow('two declares A_B')
    expect(() => read({}, { parsers: { json: fake({ SCHEMA: word() }) } })).toThrow('SCHEMA')
    expect(() => read({}, { parsers: { json: fake({ KEY: word() }) } })).toThrow('KEY')
    const shared = word()
    expect(settingsOf({ one: fake({ A_B: shared }), two: fake({ A_B: shared }) })).toEqual({ A_B: shared })
  })
})

describe('a normaliser', () => {
  it('has settings and a state for each feed', async () => {
    const numbered = {
      ...fake({ FIRST: { group: 'Fakes', format: duration(), help: 'Where to begin.', default: '1s' } }),
      load: async () => (values: Readonly<Record<string, unknown>>, ground: unknown) => {
        let next = Number(values.firstMs)
        return () => ({ next: next++, ground })
      },
    }
    const env = { FEED_T_NORMALISE: 'numbered', FEED_T_FIRST: '2s', FEED_U_URLS: 'ws://u', FEED_U_SCHEMA: 'U' }
    const normalisers = { ...kinds.normalisers, numbered }
    const config = read({ ...env, FEED_U_NORMALISE: 'numbered' }, { normalisers })
    const make = await loadKind({ numbered }, 'numbered')
    const [t, u] = config.feeds.map((feed) => make(feed, { feed: feed.name }))
    expect([t?.(), t?.(), u?.()].map((one) => one?.next)).toEqual([2000, 2001, 1000])
    expect(u?.().ground).toEqual({ feed: 'u' })
    expect(describeSettings({ ...kinds, normalisers }).map(({ name }) => name)).toContain('FEED_<NAME>_FIRST')
  })

  it('that has none leaves the shape of dead letters as it was', async () => {
    const [feed] = readConfig({ ...base, FEED_T_NORMALISE: 'delivery' }, kinds).feeds
    if (!feed) throw new Error('there is no feed')
    const { shape } = await feedSteps(feed, { recordHeaders: [] }, new Clock())
    expect(shape).toBe('15d506639ed0856e')
  })
})

describe('a preset of a public feed', () => {
  const presets = { acme: { help: 'quotes of Acme', settings: { SCHEMA: 'Quote', KEY: 'k', PING_INTERVAL: '7s' } } }

  it('stands for settings that are not set', () => {
    const env = { FEED_T_PRESET: 'Acme', FEED_T_SCHEMA: undefined }
    expect(read(env, { presets }).feeds).toMatchObject([{ schema: 'Quote', key: 'k', pingIntervalMs: 7000 }])
  })

  it('gives way to what is set, also where that says the same otherwise', () => {
    const env = { FEED_T_PRESET: 'acme', FEED_T_SCHEMA: 'Own', FEED_T_KEY_FIELD: 'f' }
    expect(read(env, { presets }).feeds).toMatchObject([{ schema: 'Own', key: undefined, keyField: ['f'] }])
  })

  it('can be chosen where there is one, and is named', () => {
    expect(outcome({ FEED_T_PRESET: 'acm' }, { presets }).problems).toEqual([
      'FEED_T_PRESET must be acme; it is "acm".',
    ])
    expect(outcome({ FEED_T_PRESET: 'acme' }, {}).problems).toHaveLength(1)
    const described = describeSettings({ ...kinds, presets }).find(({ name }) => name === 'FEED_<NAME>_PRESET')
    expect(described?.help).toContain('acme: quotes of Acme.')
  })
})
