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
Records are acknowledged by all replicas. Timing starts when the load generator is told to send, and ends when the end offsets of the topic have
reached the count. Afterwards an independent client and decoder read every record back and check it.

- *platformatic* and *kafkajs* are the daemon with that Kafka client and its lane in memory; \`:disk\` has the lane on disk,
  \`:tmpfs\` on a disk in memory. Node runs as in the image, with \`${nodeOptions.join(' ')}\`.
- *python* is websockets, fastavro and confluent-kafka under asyncio, a \`produce\` for each message, idempotent.
- *per-message* is ws, avsc and kafkajs with one \`send\` for each message.
- The table shows the median of the rounds. *CPU µs* is the CPU time of the contender's process per record, user and system, all
  threads; *broker µs* is that of Kafka. A ratio compares contenders within one round.
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

Open and silent sockets, dialled as fast as the daemon can. Timing starts with the process. Memory is measured some time
later; CPU is that of half a minute, as a part of one core.

${idleTable(rows)}
`,
  ]
}

function watched({ entries }: SectionReport): string {
  if (!entries.some(({ load }) => load.watched)) return ''
  return `
*loop p99* is the delay of the daemon's event loop in its own metrics, *healthz p99* the time of its responses, both in
milliseconds. All processes share the machine's two cores. Memory is flat if the peak of the second half of the window equals that of the first.
`
}

function compressed({ id }: SectionReport): string {
  if (id !== 'compression') return ''
  return `
*stored bytes* is the size of a record on the broker's disk. The messages of the load generator resemble each other more than real ones do,
so real ones need more space, and more time to compress.
`
}

function onePerWrite({ entries }: SectionReport): string {
  if (!entries.some(({ load }) => load.onePerWrite)) return ''
  return `
If each message is a write of its own, the system calls of the load generator are the limit, not the daemon.
`
}

function paced({ entries }: SectionReport): string {
  if (entries.every(({ load }) => load.rate === undefined)) return ''
  return `
Milliseconds from the write to the load generator's socket (or from the time it was due, if a full socket delayed it) until the broker appended the record (by its clock, which has whole
milliseconds; half of one is added). *CPU µs* covers the whole window, waiting included.
`
}
