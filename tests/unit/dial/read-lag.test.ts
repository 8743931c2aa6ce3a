/** Until when all that a peer wrote has been read. */
import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { READ } from '../../../app/dial/onread.ts'
import { ReadLag } from '../../../app/dial/read-lag.ts'

const BEGAN = 1_000_000
const [FULL, EMPTIED] = [true, false]

describe('ReadLag', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: BEGAN })
  })
  afterEach(() => {
    jest.useRealTimers()
  })
  const open = () => {
    const socket = new EventEmitter()
    const told: number[] = []
    const readLag = new ReadLag(socket, (since) => told.push(since))
    return { told, readLag, read: (isFull: boolean) => void socket.emit(READ, isFull) }
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
    const { told, read, readLag } = open()
    jest.advanceTimersByTime(10)
    readLag.held()
    read(EMPTIED)
    expect(told).toEqual([BEGAN, BEGAN + 10])
  })

  it('takes it for read when it was let go and nothing came', () => {
    const { told, read, readLag } = open()
    readLag.held()
    readLag.released()
    expect(told).toEqual([BEGAN])
    jest.advanceTimersByTime(1)
    expect(told).toEqual([BEGAN, 0])
    readLag.held()
    readLag.released()
    read(FULL)
    jest.advanceTimersByTime(1)
    expect(told.at(-1)).not.toBe(0)
  })

  it('does not, when it was held again before it could be read', () => {
    const { told, readLag } = open()
    readLag.held()
    readLag.released()
    readLag.held()
    jest.advanceTimersByTime(1)
    expect(told).toEqual([BEGAN])
  })
})
