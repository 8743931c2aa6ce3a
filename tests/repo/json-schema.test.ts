/** The JSON Schema of the configuration file takes what the daemon takes, and refuses what it refuses. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { describeSettings, jsonSchema } from '../../app/config/index.ts'
import { kinds } from '../../app/kinds.ts'
import { text } from './sources.ts'

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { uri: true } })
const validate = ajv.compile(jsonSchema(kinds))
const faults = (yaml: string): string[] => {
  validate(parse(yaml))
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}

/** The lines of sample.yaml that set something, without their #. */
const lines = [...text('sample.yaml').matchAll(/^# ( {4})?([a-z][a-z0-9_]*: ?.*)$/gm)]
  .map(([, indent = '', line = '']) => `${indent}${line}`)
  .filter((line) => !line.startsWith('feeds:') && !line.startsWith('yaml-'))
const asFile = (line: string): string => (line.startsWith(' ') ? `feeds:\n  tickers:\n${line}\n` : `${line}\n`)

/** The YAML blocks of a page that are configuration files. */
function examples(page: string): string[] {
  const blocks = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8').matchAll(/```yaml\n(.*?)```/gs)
  return [...blocks].map(([, block = '']) => block).filter((block) => /^feeds:/m.test(block))
}

describe('the JSON Schema', () => {
  it('is a schema', () => {
    expect(ajv.validateSchema(jsonSchema(kinds))).toBe(true)
  })

  it.each(lines)('takes the line %s of sample.yaml', (line) => {
    expect(faults(asFile(line))).toEqual([])
  })

  it('has every setting that a file may have, and its file', () => {
    const keys = describeSettings(kinds)
      .filter(({ isKey }) => isKey)
      .map(({ name }) => name.replace(/^FEED_<NAME>_/, '    ').replace(/[A-Z]/g, (letter) => letter.toLowerCase()))
    const isOfFeed = (key: string): boolean => key.startsWith(' ')
    const order = [...keys.filter((key) => !isOfFeed(key)), ...keys.filter(isOfFeed)]
    expect(lines.map((line) => line.slice(0, line.indexOf(':')))).toEqual(order)
    for (const key of keys.filter((one) => !one.endsWith('_file')))
      expect(faults(asFile(`${key}_file: /x`))).toEqual([])
  })

  it.each([
    ['README.md', 1],
    ['docs/configuration.md', 3],
  ])('takes every example of %s', (page, least) => {
    const files = examples(page)
    expect(files.length).toBeGreaterThanOrEqual(least)
    for (const file of files) expect([file, faults(file)]).toEqual([file, []])
  })

  it.each([
    ['a variable for a number', `metrics_port: \${PORT}\n`],
    [
      'lists and maps',
      'feeds: {a: {urls: [ws://a], headers: {A: 1}, open_messages: [{a: [1]}, b], ignore: [pong, {a: 1}]}}\n',
    ],
    [
      'the same as texts',
      `feeds: {a: {urls: "ws://a,ws://b", headers: '{"A":"b"}', open_messages: '["a"]', ignore: '[]'}}\n`,
    ],
    ['nothing', ''],
    ['no value', 'linger:\nfeeds:\n  a:\n'],
    [
      'a bare number of seconds',
      'drain_timeout: 5\nfeeds: {a: {silence_timeout: auto, max_age: off, compression: true}}\n',
    ],
  ])('takes %s', (_, file) => {
    expect(faults(file)).toEqual([])
  })

  it.each([
    ['an unknown key', 'metric_port: 1\n'],
    ['an unknown key of a feed', 'feeds: {a: {url: ws://a}}\n'],
    ['a feed in capitals', 'feeds: {A: {}}\n'],
    ['a port out of range', 'metrics_port: 70000\n'],
    ['a word that is no choice', 'kafka_client: librdkafka\n'],
    ['a duration without sense', 'drain_timeout: soon\n'],
    ['a list for one value', 'lane_dir: [a]\n'],
    ['a list of feeds', 'feeds: []\n'],
    ['a variable of a replaced program', 'finnhub_data_urls: ws://a\n'],
  ])('refuses %s', (_, file) => {
    expect(faults(file)).not.toEqual([])
  })
})
