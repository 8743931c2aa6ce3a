/** A forgotten event, a misspelt metric and an unexplained warning do not compile: each is tried on a copy of app/. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from '@jest/globals'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** What the compiler says of telemetry in a copy of app/ in which `from` is replaced in `file`, as `file: code`. */
function errors(file: string, from: string, to: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-types-'))
  folders.push(folder)
  cpSync(join(root, 'app'), join(folder, 'app'), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: object
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app/telemetry/index.ts'] }))
  const path = join(folder, file)
  const source = readFileSync(path, 'utf8')
  expect(source).toContain(from)
  writeFileSync(
    path,
    source.replace(from, () => to),
  )
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['--noEmit'], { cwd: folder, encoding: 'utf8' })
  return [...stdout.matchAll(/^(\S+)\(\d+,\d+\): error (TS\d+)/gm)].map(([, where, code]) => `${where}: ${code}`)
}

const EVENT = "  | { readonly type: 'daemon.warned'; readonly warning: string }"

describe('the compiler', () => {
  it('is content with telemetry as it is', () => {
    expect(errors('app/events.ts', EVENT, EVENT)).toEqual([])
  })

  it('wants a log entry and a metric entry for each new event', () => {
    const found = errors('app/events.ts', EVENT, `${EVENT}\n  | { readonly type: 'daemon.yawned' }`)
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^app\/telemetry\/lines\.ts: /),
        expect.stringMatching(/^app\/telemetry\/event-metrics\.ts: TS2741$/),
      ]),
    )
  })

  it.each([
    [
      'a misspelt counter',
      'app/telemetry/event-metrics.ts',
      "count('tributary_dials_total'",
      "count('tributary_dails_total'",
    ],
    [
      'a misspelt histogram',
      'app/telemetry/event-metrics.ts',
      "'tributary_delivery_duration_seconds'",
      "'tributary_delivery_seconds'",
    ],
    ['a misspelt gauge', 'app/telemetry/gauges.ts', "set('tributary_lane_bytes'", "set('tributary_lane_byte'"],
    [
      'a counter that events do not count',
      'app/telemetry/event-metrics.ts',
      "count('tributary_dials_total'",
      "count('tributary_documents_total'",
    ],
    [
      'a misspelt label',
      'app/telemetry/gauges.ts',
      "count('tributary_gap_seconds_total', { feed, reason }",
      "count('tributary_gap_seconds_total', { feed, raeson: reason }",
    ],
    [
      'a missing label',
      'app/telemetry/gauges.ts',
      "count('tributary_gap_seconds_total', { feed, reason }",
      "count('tributary_gap_seconds_total', { feed }",
    ],
    [
      'a metric that is renamed in its definition only',
      'app/telemetry/definitions.ts',
      "'tributary_lane_bytes'",
      "'tributary_lane_size_bytes'",
    ],
    ['a log line without one of its values', 'app/telemetry/feed-lines.ts', 'left.line({ feed }', 'left.line({ }'],
    ['an event that the log forgot', 'app/telemetry/feed-lines.ts', "  'batch.settled': silent,\n", ''],
    [
      'an entry for no event',
      'app/telemetry/feed-lines.ts',
      "'batch.settled': silent",
      "'batch.settled': silent,\n  'batch.lost': silent",
    ],
    ['a warning without a cure', 'app/telemetry/source-lines.ts', /cure: "Compare[^\n]+\n/],
  ] as const)('does not take %s', (_, file, from, to = '') => {
    const text = typeof from === 'string' ? from : (from.exec(readFileSync(join(root, file), 'utf8'))?.[0] ?? '')
    const found = errors(file, text, to)
    expect(found).not.toEqual([])
    // TS1xxx would be a mistake of this test: a syntax error.
    expect(found.filter((error) => /TS1\d{3}$/.test(error))).toEqual([])
  })
})
