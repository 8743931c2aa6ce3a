/** Writes the generated files, or with --check says which are not current. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { pages } from './pages.ts'

const HELP = `Usage: npm run generate [-- --check]

Writes the files that are made from the declarations in app/: ${[...pages().keys()].join(', ')}.

  --check  write nothing; exit 1 when one of them is not current
  --help   show this text
`

const root = new URL('../../', import.meta.url)

process.exitCode = run(process.argv.slice(2))

function run(args: string[]): number {
  const options = parse(args)
  if (options === undefined || options.help) {
    process.stdout.write(HELP)
    return options ? 0 : 64
  }
  const stale = [...pages()].filter(([path, text]) => read(path) !== text)
  if (options.check) {
    for (const [path] of stale) console.error(`${path} is not current; run \`npm run generate\`.`)
    return stale.length > 0 ? 1 : 0
  }
  for (const [path, text] of stale) {
    mkdirSync(dirname(fileURLToPath(new URL(path, root))), { recursive: true })
    writeFileSync(new URL(path, root), text)
    console.log(`wrote ${path}`)
  }
  if (stale.length === 0) console.log('all generated files are current')
  return 0
}

function parse(args: string[]): { check: boolean; help: boolean } | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    })
    return { check: values.check ?? false, help: values.help ?? false }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return undefined
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, root), 'utf8')
  } catch {
    return undefined
  }
}
