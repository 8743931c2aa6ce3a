/** `npm run demo` as a newcomer meets it: it shows what flows, ends as it should, and leaves nothing behind. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from '@jest/globals'
import { isAlive } from '../../scripts/stack/lock.ts'
import { descendants } from '../support/processes.ts'
import { until } from '../support/until.ts'

const PATIENCE_MS = 120_000

interface Demo {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  stdout(): string
  stderr(): string
}

const running = new Set<ChildProcess>()

/** In a process group of its own, as a shell starts a command. */
function startDemo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Demo {
  const command = ['scripts/bootstrap.cjs', '--run', 'scripts/demo/main.ts', ...args]
  const child = spawn(process.execPath, command, {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (output.stdout += chunk))
  child.stderr.on('data', (chunk) => (output.stderr += chunk))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, ended, stdout: () => output.stdout, stderr: () => output.stderr }
}

/** A Ctrl-C in a terminal reaches everyone in the foreground. */
function pressCtrlC({ child }: Demo): void {
  process.kill(-(child.pid ?? 0), 'SIGINT')
}

function below({ child }: Demo): number[] {
  return descendants(child.pid ?? 0)
}

async function allGone(pids: readonly number[]): Promise<void> {
  await until(() => pids.every((pid) => !isAlive(pid)), { what: `the end of ${pids.filter(isAlive)}` })
}

/** The numbers of a feed in the last table that has one. */
function sums(output: string, feed: string): string[] {
  return (
    output
      .split('\n')
      .findLast((line) => line.startsWith(feed))
      ?.split(/\s+/)
      .slice(1) ?? []
  )
}

async function isShowing(demo: Demo): Promise<void> {
  await until(() => demo.stdout().includes('to try next'), { what: 'the first picture', timeoutMs: PATIENCE_MS })
}

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})

describe('the demo', () => {
  it(
    'shows what flows, ends by itself, and accounts for every message',
    async () => {
      const demo = startDemo(['--for', '8s'])
      await isShowing(demo)
      const pids = below(demo)
      // Kafka, the registry, five upstreams, the daemon, and the demo itself.
      expect(pids.length).toBeGreaterThanOrEqual(9)
      expect(await demo.ended).toBe(0)
      await allGone(pids)
      const output = demo.stdout()
      expect(output).toMatch(/^feed +sources +messages\/s +records\/s +p50 +p99 +held +refused$/m)
      expect(output).toMatch(/^finnhub_trade +2\/2 +[1-9]/m)
      expect(output).toMatch(/^health_sensor +2\/2 +[1-9]/m)
      expect(output).toMatch(/^delivery +1\/1 +[1-9]/m)
      expect(output).toMatch(/^finnhub_trade +\{"start_timestamp":"[^"]+","symbol":/m)
      expect(output).toMatch(/^health_sensor +\{"data":\{"id":/m)
      expect(output).toMatch(/^delivery +\{"device_id":/m)
      for (const feed of ['finnhub_trade', 'health_sensor', 'delivery']) {
        const [received, produced, refused, inKafka] = sums(output, feed)
        expect(received).toMatch(/^[1-9]/)
        expect([produced, refused, inKafka]).toEqual([received, '0', received])
      }
    },
    PATIENCE_MS,
  )

  it(
    'ends in order at Ctrl-C',
    async () => {
      const demo = startDemo([])
      await isShowing(demo)
      const pids = below(demo)
      pressCtrlC(demo)
      expect(await demo.ended).toBe(0)
      expect(demo.stdout()).toContain('Every feed flowed')
      await allGone(pids)
    },
    PATIENCE_MS,
  )

  it(
    'leaves nothing behind when Ctrl-C comes while it starts',
    async () => {
      const demo = startDemo([])
      const hasJava = (): boolean => demo.stderr().includes('Starting Kafka') && below(demo).length >= 4
      await until(hasJava, { what: 'Kafka to be started', timeoutMs: PATIENCE_MS })
      const pids = below(demo)
      pressCtrlC(demo)
      expect(await demo.ended).toBe(130)
      await allGone(pids)
    },
    PATIENCE_MS,
  )

  it('names a missing program and how to get it', async () => {
    const demo = startDemo([], { JAVA_HOME: '/nowhere' })
    expect(await demo.ended).toBe(69)
    expect(demo.stderr()).toMatch(/no working java in JAVA_HOME \(\/nowhere\)\n +Install a Java 17 runtime/)
    expect(demo.stderr()).not.toMatch(/^ +at /m)
  })
})
