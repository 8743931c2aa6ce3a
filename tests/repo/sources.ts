/** The sources of this repository, and what a source imports. */
import { readdirSync, readFileSync } from 'node:fs'

const root = new URL('../../', import.meta.url)

/** Path from the root → text, of all TypeScript and CommonJS files below `folders`. */
export function sources(...folders: readonly string[]): Map<string, string> {
  const paths = folders.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  )
  const files = paths.filter((path) => /\.(ts|cjs)$/.test(path)).sort()
  return new Map(files.map((path) => [path, text(path)]))
}

/** The text of one file, by its path from the root. */
export function text(path: string): string {
  return readFileSync(new URL(path, root), 'utf8')
}

/** A source without its comments; strings that hold comment marks are left alone where a blank does not precede them. */
export function withoutComments(source: string): string {
  return source.replace(/\/\*.*?\*\//gs, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}

/** One import, export-from or dynamic import. */
export interface Import {
  /** As written: `node:fs`, `ws`, `../lib/list.ts`. */
  readonly specifier: string
  readonly typeOnly: boolean
}

/** Every import of a source. */
export function importsOf(source: string): Import[] {
  const code = withoutComments(source)
  const fixed = code.matchAll(/^(?:import|export)\s+(type\s)?[^'"`;]*?from\s+['"]([^'"]+)['"]/gm)
  const bare = code.matchAll(/^import\s+['"]([^'"]+)['"]/gm)
  const dynamic = code.matchAll(/\bimport\(\s*['"`]([^'"`]+)['"`]/g)
  return [
    ...[...fixed].map(([, type, specifier]) => ({ specifier: specifier ?? '', typeOnly: type !== undefined })),
    ...[...bare, ...dynamic].map(([, specifier]) => ({ specifier: specifier ?? '', typeOnly: false })),
  ]
}
