/** Every setting, wrong in every way: a problem that names it, or a value; never a bug, a long wait, or the value shown. */
import { execFileSync } from 'node:child_process'
import { afterAll, describe, expect, it } from '@jest/globals'
import { describeSettings, readConfig } from '../../../app/config/index.ts'
import { ConfigError } from '../../../app/errors.ts'
import { base, directory, kinds, type TestEnv } from './environment.ts'

const files = directory()
afterAll(() => files.close())

const CANARY = 'c4n4ry'
const pipe = `${files.write('x', '')}-pipe`
execFileSync('mkfifo', [pipe])

const texts: Readonly<Record<string, string>> = {
  blank: ' \t ',
  'a quote': '"',
  'in quotes': `"${CANARY}"`,
  words: `${CANARY} ${CANARY}`,
  'a minus': '-1',
  'a huge number': '9'.repeat(400),
  infinity: 'Infinity',
  'an exponent': '1e999',
  hexadecimal: '0x10',
  'a fraction of nothing': '.',
  'an unknown unit': '5 fortnights',
  'other digits': '٣٠',
  'a byte order mark': `\uFEFF${CANARY}`,
  'lone surrogates': '\ud800\udfff\udc00',
  'an escape sequence': `\u001b[31m${CANARY}`,
  'line ends': `a\r\n${CANARY}\n\nb`,
  'commas only': ',,,,',
  'half an array': `["${CANARY}"`,
  'a deep array': `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  'an object with __proto__': `{"__proto__":"${CANARY}","constructor":"x"}`,
  'a path of a prototype': '__proto__',
  'a path': `/${CANARY}/../${'x/'.repeat(3_000)}`,
  'a URL': `http://user:${CANARY}@[::1/`,
  'a megabyte': `${CANARY}${'x'.repeat(1024 * 1024)}`,
  'a megabyte of separators': ` , ${', '.repeat(512 * 1024)}`,
}
const paths: Readonly<Record<string, string>> = {
  nowhere: `/${CANARY}`,
  'a directory': '/',
  'a pipe': pipe,
  'a device': '/dev/zero',
  'an empty file': files.write('empty', ''),
  'a file of blanks': files.write('blanks', ' \n \n'),
  'a file with NUL': files.write('nul', `${CANARY}\0`),
  'a file of line ends': files.write('ends', '\n'.repeat(100_000)),
  'a file of anything': files.write('any', `${CANARY}\n${CANARY}`),
  'too long a path': `/${'x'.repeat(10_000)}`,
}

/** What reading says; a bug is thrown on. */
function told(env: TestEnv): readonly string[] {
  try {
    return readConfig({ ...base, ...env }, kinds).warnings.map(({ text, cure }) => `${text}; ${cure}`)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const { setting, text } of error.details) {
      if (setting === undefined && !text.startsWith('No feed')) throw new Error(`about no setting: ${text}`)
    }
    return error.problems
  }
}

const settings = describeSettings(kinds)
const variableOf = (name: string): string => name.replace('<NAME>', 'T')

describe.each(settings.map(({ name }) => variableOf(name)))('%s', (name) => {
  // Whether a value is shown is the format's to say; a secret, a long value and what is from a file never are.
  const isSecret = settings.find((setting) => variableOf(setting.name) === name)?.secret ?? false

  it('is told what is wrong with any text', () => {
    const startedAt = performance.now()
    for (const [what, text] of Object.entries(texts)) {
      const lines = told({ [name]: text })
      for (const line of lines) expect([what, line.length < 1_200]).toEqual([what, true])
      expect([what, [...lines.join('')].every((character) => character >= ' ')]).toEqual([what, true])
      if (isSecret || text.length > 24) expect([what, lines.join().includes(CANARY)]).toEqual([what, false])
    }
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  it('is told what is wrong with any file', () => {
    const variable = name.endsWith('_FILE') ? name : `${name}_FILE`
    const startedAt = performance.now()
    for (const [what, path] of Object.entries(paths)) {
      const lines = told({ KAFKA_SECURITY_PROTOCOL: 'SSL', [name]: undefined, [variable]: path })
      expect([what, lines.join().includes(CANARY)]).toEqual([what, false])
    }
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})
