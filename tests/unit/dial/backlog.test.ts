/** Until when all that a peer wrote has been read. */
import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Backlog } from '../../../app/dial/backlog.ts'
import { READ } from '../../../app/dial/onread.ts'

const BEGAN = 1_000_000
const [FULL, EMPTIED] = [true, false]

describe('Backlog', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: BEGAN })
  })
  afterEach(() => {
    jest.useRealTimers()
  })
  const open = () => {
    const socket = new EventEmitter()
    const told: number[] = []
    const backlog = new Backlog(socket, (since) => told.push(since))
    return { told, backlog, read: (isFull: boolean) => void socket.emit(READ, isFull) }
  }

  it('tells since when there may be more, once, and when all is read again', () => {
    const { told, read } = open()
    jest.advanceTimersByTime(10)
    read(EMPTIED)
    jest.advanceTimersByTime(10)
    for (const _ of 'abc') read(FULL)
    read(EMPTIED)
    read(EMPTIED)
    expect(told).toEqual([BEGAN + 10, 0])
  })

  it('takes a socket that is held for one that may have more, from its last read on', () => {
    const { told, read, backlog } = open()
    jest.advanceTimersByTime(10)
    backlog.held()
    read(EMPTIED)
    expect(told).toEqual([BEGAN, BEGAN + 10])
  })

  it('takes it for read when it was let go and nothing came', () => {
    const { told, read, backlog } = open()
    backlog.held()
    backlog.released()
    expect(told).toEqual([BEGAN])
    jest.advanceTimersByTime(1)
    expect(told).toEqual([BEGAN, 0])
    backlog.held()
    backlog.released()
    read(FULL)
    jest.advanceTimersByTime(1)
    expect(told.at(-1)).not.toBe(0)
  })

  it('does not, when it was held again before it could be read', () => {
    const { told, backlog } = open()
    backlog.held()
    backlog.released()
    backlog.held()
    jest.advanceTimersByTime(1)
    expect(told).toEqual([BEGAN])
  })
})
