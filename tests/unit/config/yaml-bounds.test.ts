// Whatever a file of the largest size holds, reading it takes little time and memory: a daemon with a small heap reads it, too.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'
import { parseYaml } from '../../../app/config/file/document.ts'

const NODE = new URL('../../../node_modules/.bin/node', import.meta.url).pathname
const DOCUMENT = new URL('../../../app/config/file/document.ts', import.meta.url).href
const LARGEST = 256 * 1024
const HEAP_MIB = 120
/** Of the processor: other tests run beside this one. */
const MOST_CPU_MS = 2_000

const HOSTILE = [
  ...['[', '{a: ', ']', '[]', '"', '- ', ': ', '*a ', '\n', ':\n', '- [\n', 'a: "\n', '? a\n: b\n', 'a: b: c\n'],
  `- ${'['.repeat(30)}${']'.repeat(30)}\n`,
]

it('is bounded for what no sane file holds', async () => {
  const script = `
    const { parseYaml } = await import(${JSON.stringify(DOCUMENT)})
    for (const piece of ${JSON.stringify(HOSTILE)}) {
      const before = process.cpuUsage()
      parseYaml(piece.repeat(${LARGEST} / piece.length))
      const { user, system } = process.cpuUsage(before)
      console.log(JSON.stringify([piece.slice(0, 9), (user + system) / 1000]))
    }`
  const args = [
    `--max-old-space-size=${HEAP_MIB}`,
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
  ]
  const { stdout } = await promisify(execFile)(NODE, [...args, script])
  const took = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, number])
  expect(took).toHaveLength(HOSTILE.length)
  expect(took.filter(([, ms]) => ms > MOST_CPU_MS)).toEqual([])
}, 120_000)

it.each([
  ['URLs', 'feeds:\n  a:\n    urls:\n', '      - wss://example.org/stream?symbol=AAPL\n'],
  ['feeds', 'feeds:\n', (n: number) => `  f${n}:\n    urls: wss://example.org/stream\n    schema: Quote\n`],
  ['open messages', 'feeds:\n  a:\n    open_messages:\n', '      - {type: subscribe, symbol: AAPL}\n'],
  ['comments', '', '# What follows is about the feeds of the first exchange, and says why they are there.\n'],
] as const)('leaves room for a file full of %s', (_what, head, line) => {
  let text: string = head
  for (let n = 0; text.length < LARGEST - 200; n++) text += typeof line === 'string' ? line : line(n)
  expect(parseYaml(text)).toHaveProperty('kind')
})
