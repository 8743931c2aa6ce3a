/** What the registries declare is enough: nothing looks a kind up by a name of its own. */
import { describe, expect, it } from '@jest/globals'
import { kinds } from '../../app/kinds.ts'
import { settingsOf } from '../../app/settings/kind.ts'
import { sources, withoutComments } from './sources.ts'

const app = sources('app')
const loose = (files: ReadonlyMap<string, string>): string[] =>
  [...files].filter(([, source]) => /\bas keyof typeof\b/.test(withoutComments(source))).map(([path]) => path)

describe('a name', () => {
  it('is never said to be a key that nobody has checked', () => {
    expect(loose(app)).toEqual([])
  })

  it('would be found where it is', () => {
    expect(loose(new Map([['app/a.ts', 'b[name as keyof typeof b]']]))).toEqual(['app/a.ts'])
  })
})

describe.each(['sources', 'parsers', 'normalisers', 'routers', 'encoders', 'lanes', 'sinks'] as const)(
  'the kinds of %s',
  (registry) => {
    it('declare each setting once, and say what they are', () => {
      expect(() => settingsOf(kinds[registry])).not.toThrow()
      for (const { help } of Object.values(kinds[registry])) expect(help).toMatch(/^\S.*\S$/)
    })
  },
)
