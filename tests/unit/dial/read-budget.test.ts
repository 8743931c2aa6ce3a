/** What all sources of a feed may hold together, and who goes on when. */
import { describe, expect, it } from '@jest/globals'
import { PauseLock } from '../../../app/dial/pause-lock.ts'
import { ReadBudget } from '../../../app/dial/read-budget.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** `count` sockets of one read budget, and which of them are held. */
function sockets(readBudget: ReadBudget, count: number) {
  const held = new Set<number>()
  const pauseLocks = Array.from({ length: count }, (_, at) => {
    const pauseLock = new PauseLock((isHeld) => (isHeld ? held.add(at) : held.delete(at)))
    readBudget.join(pauseLock)
    return pauseLock
  })
  return { held, pauseLocks }
}

describe('ReadBudget', () => {
  it('holds all sockets at once when its limit is passed, not before', () => {
    const readBudget = new ReadBudget(1_000)
    const { held } = sockets(readBudget, 100)
    readBudget.arrived(1_000)
    expect(held.size).toBe(0)
    readBudget.arrived(1)
    expect(held.size).toBe(100)
  })

  it('holds a socket that comes while others are held', () => {
    const readBudget = new ReadBudget(1_000)
    sockets(readBudget, 1)
    readBudget.arrived(1_001)
    expect(sockets(readBudget, 1).held.size).toBe(1)
  })

  it('lets them go on once half is gone, some in each turn of the loop, those first that waited longest', async () => {
    const readBudget = new ReadBudget(1_000)
    const { held } = sockets(readBudget, 200)
    readBudget.arrived(1_001)
    readBudget.gone(500)
    await turn()
    expect(held.size).toBe(200)
    readBudget.gone(1)
    await turn()
    const [first] = held
    expect([held.size, first]).toEqual([168, 32])
    readBudget.arrived(501)
    expect([...held].slice(0, 169)).toEqual([...Array.from({ length: 168 }, (_, at) => at + 32), 0])
    readBudget.gone(1_001)
    for (let turns = 0; turns < 8; turns++) await turn()
    expect(held.size).toBe(0)
  })

  it('does not touch a socket that has left', async () => {
    const readBudget = new ReadBudget(1_000)
    const { held, pauseLocks } = sockets(readBudget, 2)
    readBudget.leave(pauseLocks[0] as PauseLock)
    readBudget.arrived(1_001)
    expect([...held]).toEqual([1])
    readBudget.leave(pauseLocks[1] as PauseLock)
    readBudget.gone(1_001)
    await turn()
    expect([...held]).toEqual([1])
  })
})

describe('PauseLock', () => {
  it('is open again when the last who held it lets go', () => {
    const seen: boolean[] = []
    const pauseLock = new PauseLock((isHeld) => seen.push(isHeld))
    pauseLock.hold()
    pauseLock.hold()
    pauseLock.release()
    expect([pauseLock.isHeld, seen]).toEqual([true, [true]])
    pauseLock.release()
    expect([pauseLock.isHeld, seen]).toEqual([false, [true, false]])
  })
})
