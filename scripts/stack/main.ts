/** `npm run stack`: Kafka and a schema registry on this machine, for development. */
import { rm } from 'node:fs/promises'
import { type Flag, parseCli, type Usage, usageText, wholeNumber } from '../lib/cli.ts'
import { EXIT, Failure, runScript } from '../lib/failure.ts'
import { forgetState, halt, isRunning, readState, type ServerState, stackFolder } from './state.ts'
import { up } from './up.ts'

const usage = {
  command: 'npm run stack --',
  summary:
    'Runs a real Apache Kafka and a real Confluent-compatible schema registry on loopback, without containers.\nNeeds Java 17; the first start fetches both with Maven.',
  positionals: {
    up: 'Start both in the background, empty, and wait until they answer; if they run already, only print where',
    down: 'Stop both and remove their data',
    status: 'Print where they are; exit 1 unless both run',
  },
  flags: {
    'kafka-port': { type: 'string', value: 'PORT', default: '9092', help: 'Port of Kafka; 0 for a free one' },
    'registry-port': { type: 'string', value: 'PORT', default: '8081', help: 'Port of the registry; 0 for a free one' },
  },
  examples: ['npm run stack -- up', 'npm run stack -- up --kafka-port 0 --registry-port 0', 'npm run stack -- down'],
} as const satisfies Usage<Record<string, Flag>>

async function main(): Promise<number> {
  const { values, positionals } = parseCli(usage)
  const [command = '', ...more] = positionals
  if (command === '' || more.length > 0) {
    process.stderr.write(usageText(usage))
    return EXIT.configuration
  }
  const port = (name: 'kafka-port' | 'registry-port'): number => wholeNumber(name, values[name], 0, 65_535)
  if (command === 'up') {
    print(await up({ kafka: port('kafka-port'), registry: port('registry-port') }))
    return 0
  }
  if (command === 'down') return down()
  if (command === 'status') return status()
  throw new Failure(`there is no command ${command}`, {
    cure: `Say up, down or status; see: ${usage.command} --help`,
    code: EXIT.configuration,
  })
}

async function down(): Promise<number> {
  const halted = await Promise.all(readState().map(async (server) => [server.name, await halt(server)] as const))
  for (const [name, ran] of halted) process.stdout.write(`${name}: ${ran ? 'stopped' : 'was not running'}\n`)
  if (halted.length === 0) process.stdout.write('nothing was running\n')
  await rm(stackFolder(), { recursive: true, force: true })
  forgetState()
  return 0
}

async function status(): Promise<number> {
  const servers = readState()
  const alive = await Promise.all(servers.map(isRunning))
  print(servers.filter((_, index) => alive[index]))
  for (const [index, server] of servers.entries()) {
    if (!alive[index]) process.stdout.write(`# ${server.name} has ended; its log: ${server.logFile}\n`)
  }
  if (servers.length > 0 && alive.every(Boolean)) return 0
  process.stdout.write('# start both with: npm run stack -- up\n')
  return EXIT.failed
}

/** Lines that a shell can read as they are. */
function print(servers: readonly ServerState[]): void {
  for (const server of servers) {
    process.stdout.write(`# ${server.name}: pid ${server.pid}, log ${server.logFile}\n`)
    process.stdout.write(`${server.variable}=${server.address}\n`)
  }
}

runScript('stack', main)
