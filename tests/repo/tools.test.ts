/** The tools that hold the line, run as `npm run check` runs them. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a tool complains of; empty when it is content. */
function complaints(tool: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(`node_modules/.bin/${tool}`, args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? '' : `${stdout}${stderr}`
}

describe('the sources', () => {
  it('are formatted and lint clean', () => {
    expect(complaints('biome', 'ci', '--colors=off', '.')).toBe('')
  })

  it('have no type errors', () => {
    expect(complaints('tsc', '--noEmit')).toBe('')
  })
})
