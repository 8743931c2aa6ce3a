/** sample.env, and any value written as it is there, says the same to a shell, to Node and to docker compose. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { describeSettings } from '../../app/config/index.ts'
import { kinds } from '../../app/kinds.ts'
import { quoted } from '../../scripts/generate/sample-env.ts'
import { text } from './sources.ts'

type Values = Readonly<Record<string, string>>

/** What tends to be read in more than one way. */
const AWKWARD: Values = {
  JSON_LIST: '[{"type":"subscribe","symbol":"AAPL"}]',
  URL: 'wss://example.org/stream?token=a&b=c#d',
  HASH: 'before #after',
  HASH_FIRST: '#all',
  HOME_SIGN: '$HOME $\u007bHOME} $(id) `id` ~',
  BACKSLASHES: 'a\\nb \\\\ \\" c',
  QUOTES: '"twice" and "again"',
  BLANKS: '  both ends  ',
  GLOBS: '* ? [a-z] {a,b} !! ; & | < > ( )',
  UNICODE: 'grüße ✓',
  PLAIN: 'ws://a:1/ws,ws://b:2/ws',
  NONE: '',
}

let folder: string
let file: string
let wanted: Values
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'env-file-'))
  file = join(folder, '.env')
  const sample = text('sample.env').replaceAll(/^# (?=[A-Z][A-Z0-9_]*=)/gm, '')
  const added = Object.entries(AWKWARD).map(([name, value]) => `AWKWARD_${name}=${quoted(value)}`)
  await writeFile(file, `${sample}${added.join('\n')}\n`)
  const settings = describeSettings(kinds).map(({ name, default: fallback, example }) => [
    name.replace('<NAME>', 'TICKERS'),
    fallback ?? example ?? '',
  ])
  const awkward = Object.entries(AWKWARD).map(([name, value]) => [`AWKWARD_${name}`, value])
  wanted = Object.fromEntries([...settings, ...awkward])
})
afterAll(() => rm(folder, { recursive: true }))

/** Those of `wanted`, as a program says that it has them. */
function told(output: string): Values {
  const pairs = output.split('\0').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  return Object.fromEntries(pairs.filter(([name = '']) => name in wanted))
}

function run(command: string, ...args: readonly string[]): Values {
  return told(execFileSync(command, args, { encoding: 'utf8', env: { PATH: process.env.PATH } }))
}

/** By the rules of docs.docker.com/compose/how-tos/environment-variables/variable-interpolation, as far as the file uses them. */
function asCompose(source: string): Values {
  const pairs = source.split('\n').flatMap((line): [string, string][] => {
    const [, name, raw = ''] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? []
    if (name === undefined) return []
    const [, literal] = /^'((?:[^'\\]|\\[^'])*)'$/.exec(raw) ?? []
    if (literal !== undefined) return [[name, literal]]
    // Unquoted ones are interpolated, trimmed, and end at a comment: none may need it.
    return [[name, /["'$\s#\\]/.test(raw) ? 'read in another way' : raw]]
  })
  return Object.fromEntries(pairs)
}

describe('a file of settings', () => {
  it.each([['bash', '--norc'], ['sh']])('is read by %s as it is meant', (...shell) => {
    const [name, ...flags] = shell
    expect(run(name, ...flags, '-c', 'set -a; . "$0"; env -0', file)).toEqual(wanted)
  })

  it('is read by Node as it is meant', () => {
    const script = String.raw`process.stdout.write(Object.entries(process.env).map((pair) => pair.join('=')).join('\0'))`
    expect(run(process.execPath, `--env-file=${file}`, '-e', script)).toEqual(wanted)
  })

  it('is read by docker compose as it is meant', async () => {
    expect(asCompose(await readFile(file, 'utf8'))).toEqual(wanted)
  })

  it.each(["it's", 'two\nlines', 'a backslash at the end\\'])('cannot hold %j, and is not written', (value) => {
    expect(() => quoted(value)).toThrow('no way to write')
  })
})
