/** The fault suite: `npm run test:faults`. See `--help`, and row.ts for what a row is. */
import { readFile, writeFile } from 'node:fs/promises'
import { builtBin } from '../../scripts/demo/build.ts'
import { runScript } from '../../scripts/lib/failure.ts'
import { openGround } from './ground.ts'
import { type SuiteOptions, suiteOptions } from './options.ts'
import { page } from './page.ts'
import { lineOf, linesOf, table } from './report.ts'
import { rows } from './rows/index.ts'
import { runRow, type Verdict } from './run-row.ts'

async function main(): Promise<number> {
  const options = suiteOptions(rows)
  const entry = await builtBin()
  say(`seed ${options.seed}, scale ${options.scale}, ${options.rows.length} rows\n`)
  const ground = openGround()
  const verdicts: Verdict[] = []
  try {
    for (const { row, client } of runsOf(options)) {
      const { seed, scale } = options
      process.stderr.write(`row ${row.number}, ${client}: ${row.title} …\n`)
      const verdict = await runRow(row, { client, scale, seed, entry }, ground)
      verdicts.push(verdict)
      say(lineOf(verdict))
      if (options.verbose || !verdict.passed) say(linesOf(verdict))
      if (options.report) await report(options.report, verdict, options)
    }
  } finally {
    await ground.stop()
  }
  const failed = verdicts.filter(({ passed }) => !passed).length
  say(`\n${table(verdicts)}\n${verdicts.length - failed} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}

/** After each row, so that a run that is broken off has told what it saw. */
async function report(path: string, verdict: Verdict, options: SuiteOptions): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => '')
  await writeFile(path, page(before, [verdict], options))
}

/** Each row with each client that it is about; the default one where Kafka is not part of the fault. */
function runsOf({ rows: chosen, clients }: SuiteOptions) {
  return chosen.flatMap((row) =>
    (row.clients === 'both' ? clients : clients.slice(0, 1)).map((client) => ({ row, client })),
  )
}

function say(text: string): void {
  process.stdout.write(text)
}

runScript('test:faults', main)
