/** The image holds every file of ours that its scripts import. */
import { posix } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { nodeOptions } from '../../scripts/lib/node-options.ts'
import { importsOf, sources, text } from './sources.ts'

/** What the last stage of the Dockerfile copies from this repository. */
const copied = (
  text('Dockerfile')
    .split(/^FROM /m)
    .at(-1) ?? ''
)
  .split('\n')
  .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
  .flatMap((line) => line.split(' ').slice(1, -1))

function isCopied(path: string): boolean {
  return copied.some((one) => path === one || path.startsWith(`${one}/`))
}

/** Imports of the scripts in the image that lead out of it, as "from → to". */
function missing(): string[] {
  return [...sources('scripts')]
    .filter(([path]) => isCopied(path))
    .flatMap(([from, source]) =>
      importsOf(source)
        .filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly)
        .map(({ specifier }) => ({ from, to: posix.join(posix.dirname(from), specifier) })),
    )
    .filter(({ to }) => !isCopied(to))
    .map(({ from, to }) => `${from} → ${to}`)
}

describe('the image', () => {
  it('holds what its scripts import', () => {
    expect(copied).toEqual(expect.arrayContaining(['schemas', 'scripts/initialise']))
    expect(missing()).toEqual([])
  })

  it('starts Node as the bench does', () => {
    const entrypoint = /^ENTRYPOINT (.*)$/m.exec(text('Dockerfile'))?.[1] ?? ''
    expect(JSON.parse(entrypoint)).toEqual(['node', ...nodeOptions, 'dist/main.js'])
  })
})
