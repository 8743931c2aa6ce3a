/** The bench's command line, as `--help` shows it. */
import type { Flag, Usage } from '../lib/cli.ts'
import { CONTENDERS } from './contenders.ts'
import { shapes } from './shapes/index.ts'

const shapeHelp = Object.entries(shapes)
  .map(([name, { help }]) => `${name} (${help})`)
  .join('; ')

/** What the bench takes. */
export const usage = {
  command: 'npm run bench --',
  summary: `Measures the daemon, as built, with a real Kafka and registry on this machine: a flood of messages over several URLs,
acknowledged by all replicas. Contenders take turns, round after round; every record is read back and checked. Without
options that describe a load it runs the matrix of loads and contenders, which takes about twelve minutes. Ends with 1
when a record is lost, written twice, out of order (of the daemon) or differs.`,
  flags: {
    shape: { type: 'string', value: 'NAME', help: `What the messages are: ${shapeHelp}` },
    count: { type: 'string', value: 'N', help: 'Messages in each timed window (300000; with --rate what 8 s need)' },
    'warm-up': {
      type: 'string',
      value: 'N',
      help: 'Messages before it, in the same process (0; with --rate 40000 or 2 s, at 10,000 a second at least)',
    },
    rounds: { type: 'string', value: 'N', help: 'Rounds; medians are shown (3; with --against 5)' },
    urls: { type: 'string', value: 'N', help: 'WebSocket URLs (8)' },
    partitions: {
      type: 'string',
      value: 'N',
      help: 'Partitions (1, all records under one key); with more records have no key',
    },
    rate: {
      type: 'string',
      value: 'N',
      help: 'Messages per second, all URLs together, and latency; without it as fast as the sockets take them',
    },
    'one-per-write': { type: 'boolean', help: 'Each message in a write of its own to the socket' },
    contenders: {
      type: 'string',
      value: 'LIST',
      help: `Who takes part (${CONTENDERS.join(',')}); the last is whom the ratios are taken against. CLIENT:LANE has a lane (memory, disk, tmpfs), …+NAME=VALUE a setting of its own, …@COMMIT and …@FOLDER are other builds, per-message@N has N sends in flight`,
    },
    set: { type: 'string', value: 'NAME=VALUE,…', help: "Variables of the daemon's environment" },
    'assert-ratio': {
      type: 'string',
      value: 'X',
      help: 'End with 1 when the first contender is not X times as fast as the last',
    },
    against: {
      type: 'string',
      value: 'COMMIT',
      help: 'The contender (platformatic:disk) against its build of that commit; end with 1 when it is more than 15 % slower or dearer',
    },
    scale: { type: 'string', value: 'X', help: 'Multiplies the counts of the matrix (1)' },
    watch: { type: 'boolean', help: "The daemon's event loop, /healthz and memory are looked at meanwhile" },
    idle: {
      type: 'boolean',
      help: 'Daemons that are left alone, instead of a load: memory, CPU, /metrics (10000 URLs)',
    },
    profile: { type: 'boolean', help: 'One round of the first contender with a CPU profile and a flame graph instead' },
    write: { type: 'boolean', help: 'Write docs/performance.md and its pictures' },
  },
  examples: [
    'npm run bench -- --write',
    'npm run bench -- --shape credential --contenders platformatic:disk,python',
    'npm run bench -- --contenders platformatic:disk,platformatic:disk+LANE_SYNC=commit',
    'npm run bench -- --against HEAD~1',
    'npm run bench -- --rate 20000 --contenders platformatic:disk',
    'npm run bench -- --idle',
    'npm run profile -- --shape credential',
  ],
} as const satisfies Usage<Record<string, Flag>>
