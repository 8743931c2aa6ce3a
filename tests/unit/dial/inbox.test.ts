/** Messages between a socket and whoever pulls. */
import { describe, expect, it } from '@jest/globals'
import { Inbox } from '../../../app/dial/inbox.ts'
import { Intake } from '../../../app/dial/intake.ts'
import { source, texts } from '../../support/messages.ts'

function open(watermarkBytes: number): { inbox: Inbox; calls: string[] } {
  const calls: string[] = []
  const note = (name: string) => () => void calls.push(name)
  return {
    inbox: new Inbox(
      source(),
      watermarkBytes,
      { pause: note('pause'), resume: note('resume'), burst: note('burst') },
      new Intake(),
    ),
    calls,
  }
}

describe('Inbox', () => {
  it('gives what has arrived since the last take, in order, empty messages included', () => {
    const { inbox } = open(1_000_000)
    for (const text of ['a', '', 'b']) inbox.push(Buffer.from(text))
    expect(texts(inbox.take())).toEqual(['a', '', 'b'])
    expect(inbox.take()).toEqual([])
    inbox.push(Buffer.from('c'))
    expect(texts(inbox.take())).toEqual(['c'])
  })

  it('pauses once past the watermark, and resumes when taken', () => {
    const { inbox, calls } = open(10_000)
    for (let i = 0; i < 30; i++) inbox.push(Buffer.alloc(1_000))
    expect(calls).toEqual(['pause'])
    expect(inbox.take()).toHaveLength(30)
    expect(calls).toEqual(['pause', 'resume'])
    inbox.take()
    expect(calls).toEqual(['pause', 'resume'])
  })

  it('counts empty messages too', () => {
    const { inbox, calls } = open(10_000)
    for (let i = 0; i < 1_000; i++) inbox.push(Buffer.alloc(0))
    expect(calls).toEqual(['pause'])
  })

  it('cuts a connection that pours on far beyond the pause, and keeps nothing after the cut', () => {
    const { inbox, calls } = open(1_000)
    const megabyte = Buffer.alloc(1024 * 1024)
    for (let i = 0; i < 100; i++) inbox.push(megabyte)
    expect(calls).toEqual(['pause', 'burst'])
    const kept = inbox.take().length
    expect(kept).toBeGreaterThan(1)
    expect(kept).toBeLessThan(20)
    inbox.push(megabyte)
    expect(inbox.take()).toEqual([])
  })

  it('wakes whoever waits, at a push or when told', async () => {
    const { inbox } = open(1_000)
    const pushed = inbox.arrival()
    inbox.push(Buffer.from('a'))
    await pushed
    inbox.take()
    const told = inbox.arrival()
    inbox.wake()
    await told
    expect(inbox.take()).toEqual([])
  })
})
