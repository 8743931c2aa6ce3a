/** Text leaves the process in few places, and each of them hides secrets. */
import { describe, expect, it } from '@jest/globals'
import { sources, withoutComments } from './sources.ts'

/** File → what in it says that it hides. A new way out needs its line here, and a reason. */
const WAYS_OUT: Readonly<Record<string, RegExp>> = {
  // Events come through shownEvent, other texts through `hide`.
  'app/telemetry/log.ts': /hide\(text\)/,
  'app/telemetry/index.ts': /shownEvent\(told, options\.secrets\)/,
  'app/telemetry/refusals.ts': /this\.#hide\(last, feed\)/,
  // Before anything is configured it knows one sentence.
  'app/main.ts': /stderr\.write\(`\$\{tooOld\}/,
  'app/commands/failure.ts': /hide\(error\.message\)[\s\S]*hide\(what\)/,
  'app/commands/redrive.ts': /secrets\.hideAll\(error\.message\)/,
  'app/check/report.ts': /hide\(label\), detail: hide\(detail\)/,
  'app/check/index.ts': /showGroups\(groups, \(text\) => config\.secrets\.hideAll\(text\), print\)/,
  'app/redrive/index.ts': /secrets\.hideAll\(line\)/,
  'app/produce/dead-letters.ts': /hide\(first\?\.error \?\? '', source\.feed\)/,
  'app/pages.ts': /secrets\.hide\(gaps\.obstacle\(\)\)/,
}
/** They write records, messages and counts: what they are asked for. */
const CONTENT = [
  'app/commands/command.ts',
  'app/produce/stdout.ts',
  'app/commands/lane.ts',
  'app/lane/disk/probe.ts',
  'app/lane/disk/trial.ts',
]

const app = sources('app')
const writers = (files: ReadonlyMap<string, string>): string[] =>
  [...files]
    .filter(([, source]) => /process\s*\.\s*std(out|err)|\bconsole\b|from 'pino'/.test(withoutComments(source)))
    .map(([path]) => path)

describe('text leaves', () => {
  it.each(Object.entries(WAYS_OUT))('by %s without secrets', (path, hiding) => {
    expect(app.get(path)).toMatch(hiding)
  })

  it('by no other file', () => {
    const known = new Set([...Object.keys(WAYS_OUT), ...CONTENT])
    expect(writers(app).filter((path) => !known.has(path))).toEqual([])
  })

  it('would be noticed elsewhere', () => {
    expect(writers(new Map([['app/dial/x.ts', "console.log('a')"]]))).toEqual(['app/dial/x.ts'])
  })
})

describe('the id of a source, which may hold a secret in its path', () => {
  /** Where it tells sources apart, and never leaves but into files of the lane's directory. */
  const IDENTITY = [
    'app/dial/address.ts',
    'app/lane/sources.ts',
    'app/lane/disk/block.ts',
    'app/lane/disk/scan.ts',
    'app/gaps/tracker.ts',
  ]

  it('is read nowhere else', () => {
    const readers = [...app]
      .filter(([, source]) =>
        /\bsource\??\.id\b|\binfo\.id\b|\bid\b[^}\n]*\}: SourceInfo/.test(withoutComments(source)),
      )
      .map(([path]) => path)
    expect(readers.filter((path) => !IDENTITY.includes(path))).toEqual([])
  })
})
