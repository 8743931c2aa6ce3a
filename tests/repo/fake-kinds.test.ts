/** A kind is one file and one line: everything else follows from the registry. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { fakes, withFakeKinds } from '../support/fake-kinds.ts'

/** What a choice among the kinds of a registry is called. */
const CHOOSERS: Readonly<Record<string, string>> = {
  sources: 'FEED_<NAME>_SOURCE',
  parsers: 'FEED_<NAME>_PARSE',
  normalisers: 'FEED_<NAME>_NORMALISE',
  routers: 'FEED_<NAME>_ROUTER',
  encoders: 'FEED_<NAME>_FORMAT',
  lanes: 'LANE',
  sinks: 'KAFKA_CLIENT',
}
const OUT = '--outputFile=report.json'
const OF_FEEDS = ['sources', 'parsers', 'normalisers', 'routers', 'encoders']

let copy: ReturnType<typeof withFakeKinds>
beforeAll(() => {
  copy = withFakeKinds()
})
afterAll(() => copy?.close())

const text = (path: string): string => readFileSync(join(copy.root, path), 'utf8')

describe('one file and one line', () => {
  it('are typed as they are', () => {
    const { status, stdout } = copy.run('node_modules/typescript/bin/tsc', '--noEmit')
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  it('make a kind appear in --help', () => {
    const { stdout } = copy.run('app/main.ts', '--help')
    for (const { registry, setting } of fakes) {
      expect(stdout).toContain(OF_FEEDS.includes(registry) ? `  FEED_<NAME>_${setting} (` : `  ${setting} (`)
      expect(stdout).toMatch(new RegExp(`  ${CHOOSERS[registry]} \\([^\n]*\\bfake\\b`))
    }
  })

  it('make it appear in sample.env, sample.yaml, the settings page and the JSON Schema', () => {
    expect(copy.run('scripts/generate/main.ts').status).toBe(0)
    const schema = JSON.parse(copy.run('app/main.ts', 'schema').stdout)
    for (const { registry, setting } of fakes) {
      const isOfFeeds = OF_FEEDS.includes(registry)
      expect(text('sample.env')).toContain(`# ${isOfFeeds ? 'FEED_TICKERS_' : ''}${setting}=x`)
      expect(text('sample.yaml')).toContain(`# ${isOfFeeds ? '    ' : ''}${setting.toLowerCase()}: x`)
      expect(text('docs/settings.md')).toContain(`\`${isOfFeeds ? 'FEED_<NAME>_' : ''}${setting}\``)
      const { properties } = isOfFeeds ? schema.$defs.feed : schema
      expect(Object.keys(properties)).toContain(setting.toLowerCase())
    }
    expect(JSON.stringify(schema.$defs.feed.properties.format.anyOf)).toContain('"fake"')
  })

  it('put it under its contract suite, which it passes', () => {
    // Without Kafka: the suites of sinks that need brokers have no fake.
    const config = text('jest.config.js').replace("project('contract', withStack)", "project('contract')")
    writeFileSync(join(copy.root, 'jest.config.js'), config)
    const jest = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js']
    const { stderr } = copy.run(...jest, '--selectProjects', 'contract', '--json', OUT, '--silent', '-t', ' fake ')
    const report = JSON.parse(text('report.json')) as Report
    expect([report.numFailedTests, stderr.includes('failed to run')]).toEqual([0, false])
    const passed = report.testResults.flatMap(({ assertionResults }) => assertionResults).filter(isPassed)
    const suites = new Set(passed.map(({ ancestorTitles: [suite = ''] }) => suite))
    expect([...suites].sort()).toEqual([
      'lane fake',
      'source fake',
      'the format fake',
      'the normaliser fake',
      'the parser fake',
      'the router fake',
      'the sink fake',
    ])
  })

  it('are enough for a feed that uses all of them', () => {
    const env = Object.entries({
      TRIBUTARY_CONFIG: join(copy.root, 'fake.yaml'),
      SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
    })
    const feed = {
      source: 'fake',
      parse: 'fake',
      router: 'fake',
      format: 'fake',
      normalise: 'fake',
      schema: 'S',
      fake_sources: 'z',
    }
    writeFileSync(
      join(copy.root, 'fake.yaml'),
      JSON.stringify({ lane: 'fake', kafka_client: 'fake', feeds: { f: feed } }),
    )
    const assigned = env.map(([name, value]) => `process.env.${name}=${JSON.stringify(value)};`).join('')
    writeFileSync(join(copy.root, 'preload.mjs'), assigned)
    const { status, stdout, stderr } = copy.run('--import', './preload.mjs', 'app/main.ts', 'config')
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toContain('    fake_sources: z # feeds.f.fake_sources (')
    expect(stdout).toContain('    # fake_encoders: x # default')
  })
})

interface Report {
  readonly numFailedTests: number
  readonly testResults: readonly { readonly assertionResults: readonly Assertion[] }[]
}
interface Assertion {
  readonly status: string
  readonly ancestorTitles: readonly string[]
}

function isPassed({ status }: Assertion): boolean {
  return status === 'passed'
}
