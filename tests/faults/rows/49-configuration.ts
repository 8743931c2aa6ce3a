/** Row 49: bad configuration: everything that is wrong is told at once, by name, without a value that could be a secret, and ends with 78. */
import type { Rig } from '../rig.ts'
import type { Finding, Row } from '../row.ts'

const CONFIGURATION = 78
const MANY = 2_000

/** One bad environment: what is over a good one, and what must be told, each in one problem of its own. */
interface Bad {
  readonly what: string
  readonly env: Readonly<Record<string, string>>
  readonly told: readonly RegExp[]
}

const all = (rig: Rig): readonly Bad[] => [
  {
    what: 'required ones empty',
    env: { BOOTSTRAP_SERVERS: '', SCHEMA_REGISTRY_URL: ' ', FEED_FAULT_URLS: '', FEED_FAULT_SCHEMA: '' },
    told: [/BOOTSTRAP_SERVERS/, /SCHEMA_REGISTRY_URL/, /FEED_FAULT_URLS/, /FEED_FAULT_SCHEMA/],
  },
  {
    what: 'wrong types and ranges',
    env: {
      METRICS_PORT: '65536',
      DRAIN_TIMEOUT: 'soon',
      LINGER: '-1ms',
      KAFKA_CLIENT: 'librdkafka',
      MAX_IN_FLIGHT_BATCHES: '0',
      DIAL_RATE: 'NaN',
      LOG_LEVEL: 'loud',
      LANE: 'tape',
      LANE_SYNC: 'maybe',
      FEED_FAULT_OVERLOAD: 'explode',
      FEED_FAULT_MAX_MESSAGE_BYTES: '1 parsec',
      FEED_FAULT_PING_INTERVAL: '5 apples',
      FEED_FAULT_OPEN_MESSAGES: `[{"token":"${rig.canaries.payload}"`,
      FEED_FAULT_HEADERS: `{"x-api-key":"${rig.canaries.header}"`,
    },
    told: [
      ...[/METRICS_PORT/, /DRAIN_TIMEOUT/, /LINGER/, /KAFKA_CLIENT/, /MAX_IN_FLIGHT_BATCHES/, /DIAL_RATE/, /LOG_LEVEL/],
      ...[/LANE\b/, /LANE_SYNC/, /FEED_FAULT_OVERLOAD/, /FEED_FAULT_MAX_MESSAGE_BYTES/, /FEED_FAULT_PING_INTERVAL/],
      ...[/FEED_FAULT_OPEN_MESSAGES/, /FEED_FAULT_HEADERS/],
    ],
  },
  {
    what: 'unknown names',
    env: { FEED_FAULT_SHEMA: 'x', FEED_FAULT_URL: `ws://127.0.0.1/?token=${rig.canaries.url}` },
    told: [/FEED_FAULT_SHEMA/, /FEED_FAULT_URL\b/],
  },
  {
    what: 'URLs that are none, with secrets in them',
    env: {
      FEED_FAULT_URLS: `http://user:${rig.canaries.url}@127.0.0.1/,ws://:${rig.canaries.url}@:99999/?token=${rig.canaries.url}`,
      SCHEMA_REGISTRY_URL: `ftp://user:${rig.canaries.header}@127.0.0.1/`,
    },
    told: [/FEED_FAULT_URLS/, /SCHEMA_REGISTRY_URL/],
  },
  {
    what: 'a lane on disk without a directory, and what does not go together',
    env: { LANE: 'disk', FEED_FAULT_KEY: 'a', FEED_FAULT_KEY_FIELD: 'b', KAFKA_SASL_MECHANISM: 'PLAIN' },
    told: [/LANE_DIR/, /FEED_FAULT_KEY/, /KAFKA_SASL_MECHANISM/],
  },
  {
    what: `${MANY} bad upstreams`,
    env: { FEED_FAULT_URLS: Array.from({ length: MANY }, (_, at) => `htp://a/${at}`).join() },
    told: [/FEED_FAULT_URLS/],
  },
]

export const row: Row = {
  number: 49,
  title: 'bad configuration: empty, wrong type, out of range, unknown, secrets in URLs',
  clients: 'any',
  run: async (rig) => {
    const findings: Finding[] = []
    for (const bad of all(rig)) findings.push(await refused(rig, bad, []), await refused(rig, bad, ['check']))
    return [...findings, secret(rig)]
  },
}

/** Started, and asked to check only. */
async function refused(rig: Rig, { what, env, told }: Bad, args: readonly string[]): Promise<Finding> {
  const daemon = rig.start(env, { args })
  const { code } = await daemon.exited
  const problems = daemon.stderr.split('\n').filter((line) => line.startsWith('  - '))
  const missing = told.filter((name) => !problems.some((problem) => name.test(problem)))
  const ok = code === CONFIGURATION && missing.length === 0
  const detail = `${[...args, what].join(': ')}: ${problems.length} problems, code ${code}`
  return {
    id: 'I11',
    ok,
    detail: ok ? detail : `${detail}; not told: ${missing.join(' ')}; ${daemon.stderr.slice(0, 500)}`,
  }
}

function secret({ daemons, canaries }: Rig): Finding {
  const output = daemons.map(({ stdout, stderr }) => stdout + stderr).join('\n')
  const leaks = Object.entries(canaries).filter(([, canary]) => output.includes(canary))
  const detail = leaks.map(([kind]) => `the ${kind} canary was printed`).join('; ')
  return { id: 'I10', ok: leaks.length === 0, detail: detail || `${output.length} bytes of output searched` }
}
