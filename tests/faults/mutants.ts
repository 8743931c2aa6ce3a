/** Row 52's saboteurs: the daemon's sources with one line changed for the worse. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { InvariantId } from './row.ts'

/** One change, and the invariant that must notice it. */
export interface Mutant {
  readonly name: string
  readonly file: string
  /** Must be in the file exactly once. */
  readonly from: string
  readonly to: string
  readonly caughtBy: InvariantId
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'drops one record in a thousand',
    file: 'app/pipeline.ts',
    from: '  feed.outlet.add(destination,',
    to: '  if (Math.random() < 0.001) return delivery.produced(1)\n  feed.outlet.add(destination,',
    caughtBy: 'I2',
  },
  {
    name: 'writes one record in a thousand twice',
    file: 'app/produce/partition-queue.ts',
    from: '    this.#records.push(record)\n    this.#sizes.push(bytes)\n',
    to: `    if (Math.random() < 0.001) {
      this.#records.push(record)
      this.#sizes.push(bytes)
      this.#owners.add({ produced: () => {}, refused: () => {}, expired: () => {} })
    }
    this.#records.push(record)
    this.#sizes.push(bytes)
`,
    caughtBy: 'I3',
  },
  {
    name: 'swaps two records of a request',
    file: 'app/produce/partition-queue.ts',
    from: '      const records = this.#records.splice(0, count)\n',
    to: `      const records = this.#records.splice(0, count)
      if (records.length > 1) records.push(...records.splice(0, 1))
`,
    caughtBy: 'I4',
  },
  {
    name: 'skips a partition',
    file: 'app/produce/hold.ts',
    from: '    const partition = hash % info.partitions\n',
    to: `    const partition = hash % info.partitions
    const skipped = ((globalThis as { skipped?: number }).skipped ??= partition)
    if (partition === skipped) return settlement.produced(1)
`,
    caughtBy: 'I2',
  },
]

/** Each is caught by the row that causes the fault it lets through. */
export const GUARDS: readonly (Mutant & { readonly row: number })[] = [
  {
    name: 'reads numbers as the engine rounds them',
    row: 24,
    file: 'app/lib/number-scan.ts',
    from: '  return hasLongNumber(data, text) || hasTinyNumber(text)\n',
    to: '  return false\n',
    caughtBy: 'I5',
  },
  {
    name: 'looks for long numbers only, not for tiny ones',
    row: 24,
    file: 'app/lib/number-scan.ts',
    from: '  return hasLongNumber(data, text) || hasTinyNumber(text)\n',
    to: '  return hasLongNumber(data, text)\n',
    caughtBy: 'I5',
  },
  {
    name: 'takes whole numbers of any size for a long',
    row: 24,
    file: 'app/fit/numbers.ts',
    from: '  return BigInt.asIntN(LONG_BITS, whole) === whole ? whole : undefined\n',
    to: '  return whole\n',
    caughtBy: 'I5',
  },
  {
    name: 'rounds whole numbers to a double',
    row: 24,
    file: 'app/fit/numbers.ts',
    from: '  return digits === undefined || digits === exactDigits(double) ? double : undefined\n',
    to: '  return double\n',
    caughtBy: 'I5',
  },
  {
    name: 'takes the neighbour of a record for the one at fault',
    row: 54,
    file: 'app/produce/refusals.ts',
    from: 'recordErrors.map(({ index }) => index)',
    to: 'recordErrors.map(({ index }) => index - 1)',
    caughtBy: 'I4',
  },
  {
    name: 'takes any number of documents of a message',
    row: 55,
    file: 'app/documents.ts',
    from: '    if (outcomes.length + pending > steps.maxDocuments) throw tooMany(steps.maxDocuments)\n',
    to: '',
    caughtBy: 'I9',
  },
  {
    name: 'refuses a record for the time of its own clock',
    row: 56,
    file: 'app/pipeline.ts',
    from: '  const isReceiveTime = ownTime === undefined\n',
    to: '  const isReceiveTime = false\n',
    caughtBy: 'I1',
  },
  {
    name: 'writes to a broker that throttles it',
    row: 58,
    file: 'app/produce/throttles.ts',
    from: '    if (throttleMs > 0) this.#until.set(this.#brokerOf(partition), until)\n',
    to: '    void until\n',
    caughtBy: 'I3',
  },
  {
    row: 60,
    name: 'waits for minutes after a healthy connection',
    file: 'app/dial/delay.ts',
    from: "attempt.pace === 'slow' && !stable",
    to: "attempt.pace === 'slow'",
    caughtBy: 'row',
  },
  {
    row: 60,
    name: 'shows what an upstream says back',
    file: 'app/telemetry/index.ts',
    from: 'shownEvent(told, options.secrets)',
    to: 'told',
    caughtBy: 'I10',
  },
  {
    name: 'calls kept what is gone',
    file: 'app/lane/disk/lane.ts',
    from: 'this.#opened.presence.problem === undefined ? this.#kept : 0',
    to: 'this.#kept',
    row: 57,
    caughtBy: 'I11',
  },
  {
    name: 'hears no stop while it opens',
    file: 'app/daemon.ts',
    from: 'await Promise.race([opened, stop])',
    to: 'await opened',
    row: 59,
    caughtBy: 'I11',
  },
  {
    name: 'waits for a directory for ever',
    file: 'app/lane/disk/aside.ts',
    from: 'setTimeout(() => giveUp(new Silent()), quietMs)',
    to: 'setTimeout(() => {}, quietMs)',
    row: 59,
    caughtBy: 'I11',
  },
  {
    name: 'turns away whoever comes last',
    file: 'app/lib/connection-cap.ts',
    from: 'const [longest] = idle.size > 0 ? idle : busy',
    to: 'const longest = socket',
    row: 47,
    caughtBy: 'row',
  },
  {
    name: 'makes a page for each request',
    file: 'app/http.ts',
    from: 'if (last && performance.now() < goodUntil) return last',
    to: 'void goodUntil',
    row: 47,
    caughtBy: 'row',
  },
]

/** Seen only with a disk that refuses to flush: the page cache outlives the process. Caught by a row of its own in rows/52. */
export const UNFLUSHED: Mutant = {
  name: 'acknowledges before the flush',
  file: 'app/lane/disk/group-commit.ts',
  from: '    await kept\n',
  to: '    void kept\n',
  caughtBy: 'row',
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Writes the mutant's sources to a folder of their own; `entry` is its program. Throws when the change does not apply exactly once. */
export async function makeMutant({ name, file, from, to }: Mutant): Promise<{
  readonly entry: string
  remove(): Promise<void>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-mutant-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await cp(join(ROOT, 'app'), join(folder, 'app'), { recursive: true })
    await cp(join(ROOT, 'package.json'), join(folder, 'package.json'))
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    const path = join(folder, file)
    const pieces = (await readFile(path, 'utf8')).split(from)
    if (pieces.length !== 2)
      throw new Error(`mutant "${name}": its line is ${pieces.length - 1} times in ${file}, not once`)
    await writeFile(path, pieces.join(to))
    return { entry: join(folder, 'app/main.ts'), remove }
  } catch (error) {
    await remove()
    throw error
  }
}
