/** What all sources of a feed may hold together, and who goes on when. */
import { describe, expect, it } from '@jest/globals'
import { Intake } from '../../../app/dial/intake.ts'
import { Valve } from '../../../app/dial/valve.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** `count` sockets of one intake, and which of them are held. */
function sockets(intake: Intake, count: number) {
  const held = new Set<number>()
  const valves = Array.from({ length: count }, (_, at) => {
    const valve = new Valve((isHeld) => (isHeld ? held.add(at) : held.delete(at)))
    intake.join(valve)
    return valve
  })
  return { held, valves }
}

describe('Intake', () => {
  it('holds all sockets at once when its limit is passed, not before', () => {
    const intake = new Intake(1_000)
    const { held } = sockets(intake, 100)
    intake.arrived(1_000)
    expect(held.size).toBe(0)
    intake.arrived(1)
    expect(held.size).toBe(100)
  })

  it('holds a socket that comes while others are held', () => {
    const intake = new Intake(1_000)
    sockets(intake, 1)
    intake.arrived(1_001)
    expect(sockets(intake, 1).held.size).toBe(1)
  })

  it('lets them go on once half is gone, some in each turn of the loop, those first that waited longest', async () => {
    const intake = new Intake(1_000)
    const { held } = sockets(intake, 200)
    intake.arrived(1_001)
    intake.gone(500)
    await turn()
    expect(held.size).toBe(200)
    intake.gone(1)
    await turn()
    const [first] = held
    expect([held.size, first]).toEqual([168, 32])
    intake.arrived(501)
    expect([...held].slice(0, 169)).toEqual([...Array.from({ length: 168 }, (_, at) => at + 32), 0])
    intake.gone(1_001)
    for (let turns = 0; turns < 8; turns++) await turn()
    expect(held.size).toBe(0)
  })

  it('does not touch a socket that has left', async () => {
    const intake = new Intake(1_000)
    const { held, valves } = sockets(intake, 2)
    intake.leave(valves[0] as Valve)
    intake.arrived(1_001)
    expect([...held]).toEqual([1])
    intake.leave(valves[1] as Valve)
    intake.gone(1_001)
    await turn()
    expect([...held]).toEqual([1])
  })
})

describe('Valve', () => {
  it('is open again when the last who held it lets go', () => {
    const seen: boolean[] = []
    const valve = new Valve((isHeld) => seen.push(isHeld))
    valve.hold()
    valve.hold()
    valve.release()
    expect([valve.isHeld, seen]).toEqual([true, [true]])
    valve.release()
    expect([valve.isHeld, seen]).toEqual([false, [true, false]])
  })
})
