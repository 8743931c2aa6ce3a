/** An open source that has never said anything is told of once. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { FirstMessage } from '../../../app/dial/first-message.ts'

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

const isNotHeldUp = () => false

function waiting() {
  const told: number[] = []
  return { told, first: new FirstMessage((openMs) => told.push(openMs)) }
}

describe('waiting for a first message', () => {
  it('tells once, after half a minute on one connection', () => {
    const { told, first } = waiting()
    first.opened(isNotHeldUp)
    jest.advanceTimersByTime(29_000)
    first.closed()
    first.opened(isNotHeldUp)
    jest.advanceTimersByTime(29_000)
    expect(told).toEqual([])
    jest.advanceTimersByTime(2_000)
    expect([told, first.isAwaited]).toEqual([[30_000], false])
    first.closed()
    first.opened(isNotHeldUp)
    jest.advanceTimersByTime(100_000)
    expect([told, jest.getTimerCount()]).toEqual([[30_000], 0])
  })

  it('is over for all connections once something came', () => {
    const { told, first } = waiting()
    first.opened(isNotHeldUp)
    first.heard()
    first.opened(isNotHeldUp)
    jest.advanceTimersByTime(100_000)
    expect([told, first.isAwaited, jest.getTimerCount()]).toEqual([[], false, 0])
  })

  it('counts no time in which we do not read', () => {
    const { told, first } = waiting()
    let isHeldUp = true
    first.opened(() => isHeldUp)
    jest.advanceTimersByTime(100_000)
    isHeldUp = false
    expect(told).toEqual([])
    jest.advanceTimersByTime(30_000)
    expect(told).toHaveLength(1)
  })

  it('costs nothing where nobody asks', () => {
    const first = new FirstMessage(undefined)
    first.opened(isNotHeldUp)
    expect([first.isAwaited, jest.getTimerCount()]).toEqual([false, 0])
  })
})
