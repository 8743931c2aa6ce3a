/** The dial rate per host. */
import { describe, expect, it } from '@jest/globals'
import { dialGate, nextSlot } from '../../../app/dial/gate.ts'
import { until } from '../../support/until.ts'

/** When each of `count` dials that all want to go at 0 may go, milliseconds. */
function departures(count: number, spacingMs: number, burst: number): number[] {
  const times: number[] = []
  let now = 0
  let paidAt = 0
  for (let i = 0; i < count; i++) {
    const slot = nextSlot(paidAt, now, spacingMs, burst)
    now += slot.waitMs
    paidAt = nextSlot(paidAt, now, spacingMs, burst).paidAt
    times.push(now)
  }
  return times
}

describe('nextSlot', () => {
  it('lets a burst through and spaces the rest evenly', () => {
    expect(departures(6, 200, 3)).toEqual([0, 0, 0, 200, 400, 600])
  })

  it('spaces all without a burst', () => {
    expect(departures(4, 1_000, 1)).toEqual([0, 1_000, 2_000, 3_000])
  })

  it('has earned its burst again after a rest, and no more than that', () => {
    const paidAt = 600
    expect(nextSlot(paidAt, 1_000_000, 200, 3)).toEqual({ waitMs: 0, paidAt: 1_000_200 })
    expect(nextSlot(1_000_600, 1_000_000, 200, 3).waitMs).toBe(200)
  })
})

describe('dialGate', () => {
  const never = new AbortController().signal

  it('remembers the debt of a host when others come, as long as there is one', async () => {
    const gate = dialGate(2)
    await gate.pass('a', never)
    await gate.pass('a', never)
    await gate.pass('b', never)
    const leaving = new AbortController()
    let isThrough = false
    const third = gate.pass('a', leaving.signal).then(() => {
      isThrough = !leaving.signal.aborted
    })
    // Without its debt it would be through before one that asks later.
    await gate.pass('c', never)
    expect(isThrough).toBe(false)
    leaving.abort()
    await third
  })

  it('lets hosts through in the order they came, without one holding up another', async () => {
    const gate = dialGate(20)
    const order: string[] = []
    const dials = Array.from({ length: 8 }, (_, i) => gate.pass('a', never).then(() => order.push(`a${i}`)))
    dials.push(gate.pass('b', never).then(() => order.push('b')))
    await Promise.all(dials)
    expect(order.filter((name) => name !== 'b')).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'])
    expect(order.indexOf('b')).toBeLessThan(order.indexOf('a7'))
  })

  it('gives the turns of those who leave to the one behind them', async () => {
    const gate = dialGate(10)
    const left = new AbortController()
    const crowd = Array.from({ length: 1_000 }, () => gate.pass('a', left.signal))
    let passed = false
    void gate.pass('a', never).then(() => {
      passed = true
    })
    left.abort()
    await Promise.all(crowd)
    await until(() => passed, { what: 'the turn of the last' })
  })

  it('goes on after a rest', async () => {
    const gate = dialGate(50)
    const left = new AbortController()
    for (let i = 0; i < 5; i++) await gate.pass('a', never)
    const given = gate.pass('a', left.signal)
    left.abort()
    await given
    let passed = 0
    for (let i = 0; i < 3; i++) void gate.pass('a', never).then(() => passed++)
    await until(() => passed === 3, { what: 'three dials after a rest' })
  })
})
