/** Messages between a socket and whoever pulls. */
import { describe, expect, it } from '@jest/globals'
import { ReadBudget } from '../../../app/dial/read-budget.ts'
import { ReceiveBuffer } from '../../../app/dial/receive-buffer.ts'
import { source, texts } from '../../support/messages.ts'

function open(watermarkBytes: number): { receiveBuffer: ReceiveBuffer; calls: string[] } {
  const calls: string[] = []
  const note = (name: string) => () => void calls.push(name)
  return {
    receiveBuffer: new ReceiveBuffer(
      source(),
      watermarkBytes,
      { pause: note('pause'), resume: note('resume'), burst: note('burst') },
      new ReadBudget(),
    ),
    calls,
  }
}

describe('ReceiveBuffer', () => {
  it('gives what has arrived since the last take, in order, empty messages included', () => {
    const { receiveBuffer } = open(1_000_000)
    for (const text of ['a', '', 'b']) receiveBuffer.push(Buffer.from(text))
    expect(texts(receiveBuffer.take())).toEqual(['a', '', 'b'])
    expect(receiveBuffer.take()).toEqual([])
    receiveBuffer.push(Buffer.from('c'))
    expect(texts(receiveBuffer.take())).toEqual(['c'])
  })

  it('pauses once past the watermark, and resumes when taken', () => {
    const { receiveBuffer, calls } = open(10_000)
    for (let i = 0; i < 30; i++) receiveBuffer.push(Buffer.alloc(1_000))
    expect(calls).toEqual(['pause'])
    expect(receiveBuffer.take()).toHaveLength(30)
    expect(calls).toEqual(['pause', 'resume'])
    receiveBuffer.take()
    expect(calls).toEqual(['pause', 'resume'])
  })

  it('counts empty messages too', () => {
    const { receiveBuffer, calls } = open(10_000)
    for (let i = 0; i < 1_000; i++) receiveBuffer.push(Buffer.alloc(0))
    expect(calls).toEqual(['pause'])
  })

  it('cuts a connection that pours on far beyond the pause, and keeps nothing after the cut', () => {
    const { receiveBuffer, calls } = open(1_000)
    const megabyte = Buffer.alloc(1024 * 1024)
    for (let i = 0; i < 100; i++) receiveBuffer.push(megabyte)
    expect(calls).toEqual(['pause', 'burst'])
    const kept = receiveBuffer.take().length
    expect(kept).toBeGreaterThan(1)
    expect(kept).toBeLessThan(20)
    receiveBuffer.push(megabyte)
    expect(receiveBuffer.take()).toEqual([])
  })

  it('wakes whoever waits, at a push or when told', async () => {
    const { receiveBuffer } = open(1_000)
    const pushed = receiveBuffer.arrival()
    receiveBuffer.push(Buffer.from('a'))
    await pushed
    receiveBuffer.take()
    const told = receiveBuffer.arrival()
    receiveBuffer.wake()
    await told
    expect(receiveBuffer.take()).toEqual([])
  })
})
