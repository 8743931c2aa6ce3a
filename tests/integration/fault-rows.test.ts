/** Rows of the fault suite for every day, a tenth as long; all of them: `npm run test:faults`. */
import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Ground, openGround } from '../faults/ground.ts'
import { linesOf } from '../faults/report.ts'
import { rows } from '../faults/rows/index.ts'
import { runRow } from '../faults/run-row.ts'

const EVERY_DAY = [1, 9, 10, 17, 25, 34, 40, 52]
const scale = Number(process.env.FAULT_SCALE ?? 0.1)
const chosen = rows.filter(({ number }) => EVERY_DAY.includes(number))

describe('a fault', () => {
  let ground: Ground
  beforeAll(() => {
    ground = openGround()
  })
  afterAll(() => ground.stop())

  it('is there for each day', () => {
    expect(chosen.map(({ number }) => number)).toEqual(EVERY_DAY)
  })

  it.each(chosen.map((row) => [row.number, row.title, row] as const))(
    'of row %i: %s',
    async (_number, _title, row) => {
      const options = { client: 'platformatic', scale, seed: randomInt(1_000_000), brief: true } as const
      const verdict = await runRow(row, options, ground)
      if (!verdict.passed) throw new Error(`seed ${options.seed}\n${linesOf(verdict)}`)
    },
    180_000 + 600_000 * scale,
  )
})
