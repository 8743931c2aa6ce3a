/** The page docs/performance.md. */
import { nodeOptions } from '../lib/node-options.ts'
import { type Idle, idleTable } from './idle.ts'
import { loadText } from './load.ts'
import type { Entry } from './plan.ts'
import { machine, type SectionReport } from './report.ts'
import { markdownTable, rowsOf, thousands } from './rows.ts'
import { shapes } from './shapes/index.ts'
import { FIRST_SEQUENCE, FIRST_SOURCE } from './shapes/shape.ts'

/** Its text; pictures are taken to be in the folder `performance` beside it, by the section's id. */
export function page(sections: readonly SectionReport[], idles: readonly Idle[] = []): string {
  return `# Performance

Written by \`npm run bench -- --write\` (${machine()}).

Contenders take turns, round after round, against the same Kafka on the same machine as the flood of messages and the reader.
Records are acknowledged by all replicas. The clock runs from the word to the flood until the end offsets of the topic have
reached the count. Afterwards every record is read back by a client and a decoder of its own, and checked.

- *platformatic* and *kafkajs* are the daemon with that Kafka client and its lane in memory; \`:disk\` has the lane on disk,
  \`:tmpfs\` on a disk in memory. Node runs as in the image, with \`${nodeOptions.join(' ')}\`.
- *python* is websockets, fastavro and confluent-kafka under asyncio, a \`produce\` for each message, idempotent.
- *per-message* is ws, avsc and kafkajs with one \`send\` for each message.
- The middle of the rounds is shown. *CPU µs* is what the contender's process used for each record, user and system, all
  threads; *broker µs* is Kafka's share. A ratio is that of the same round.
- Slow contenders get fewer messages (python 30 %, per-message 10 %).

${[...sections.map(sectionText), ...idleText(idles)].join('\n')}`
}

function sectionText(section: SectionReport): string {
  const list = section.entries.map((entry) => `- ${sent(entry)}`).join('\n')
  const help = [...new Set(section.entries.map(({ load }) => shapes[load.shape].help))].join('; ')
  return `## ${section.title}

Messages are ${help}.

${list}

![${section.title}](performance/${section.id}.svg)

${markdownTable(rowsOf(section))}
${paced(section)}${watched(section)}${compressed(section)}${onePerWrite(section)}`
}

function sent({ load, rounds }: Entry): string {
  const bytes = shapes[load.shape].text({ source: FIRST_SOURCE, seq: FIRST_SEQUENCE }).length
  const before = load.warmUp > 0 ? ` after ${thousands(load.warmUp)} that are not timed` : ', from a cold start'
  const many = `${thousands(load.count)} messages of ${thousands(bytes)} bytes${before}`
  return `${loadText(load)}: ${many}; ${rounds} round${rounds === 1 ? '' : 's'}.`
}

function idleText(rows: readonly Idle[]): string[] {
  if (rows.length === 0) return []
  return [
    `## Left alone

Sockets that are open and silent, dialled as fast as the daemon can. The clock runs from the start of its process; memory is
that of a while later, CPU that of half a minute as a part of one core.

${idleTable(rows)}
`,
  ]
}

function watched({ entries }: SectionReport): string {
  if (!entries.some(({ load }) => load.watched)) return ''
  return `
*loop p99* is the delay of the daemon's event loop as its own metrics tell it, *healthz p99* how long its answers took, both in
milliseconds; the machine's two cores are shared by all. Memory is flat where the most of the second half of the window is the most of the first.
`
}

function compressed({ id }: SectionReport): string {
  if (id !== 'compression') return ''
  return `
*stored bytes* is what a record takes on the broker's disk. The flood's messages resemble each other more than real ones do,
so real ones take more room, and more time to compress.
`
}

function onePerWrite({ entries }: SectionReport): string {
  if (!entries.some(({ load }) => load.onePerWrite)) return ''
  return `
Where each message is a write of its own, the flood's system calls are the limit, not the daemon.
`
}

function paced({ entries }: SectionReport): string {
  if (entries.every(({ load }) => load.rate === undefined)) return ''
  return `
Milliseconds from the write to the flood's socket (or from when it was due, where a full socket held it back) until the broker appended the record (its clock, which shows whole
milliseconds; half of one is added). *CPU µs* is that of the whole window, waiting included.
`
}
