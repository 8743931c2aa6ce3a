/** What must be there before a feed can run: all that is in the way is told, together where that does not take long. */
import { describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../../app/errors.ts'
import { attemptAll } from '../../../app/feed-needs.ts'

const never = new AbortController().signal
const away = (what: string) => () => Promise.reject(new Unavailable('connect', what))
const messages = (obstacles: readonly Unavailable[]): string[] => obstacles.map(({ message }) => message)

describe('attemptAll', () => {
  it('resolves with nothing when all is there', async () => {
    expect(await attemptAll([async () => {}, async () => {}], never, () => {})).toEqual([])
  })

  it('names all that is away, in order, and tells nothing early where all have ended', async () => {
    const early: string[][] = []
    const slow = () => new Promise<void>((_, reject) => setTimeout(() => reject(new Unavailable('connect', 'b')), 5))
    const found = await attemptAll([away('a'), slow, async () => {}, away('c')], never, (it) =>
      early.push(messages(it)),
    )
    expect(messages(found)).toEqual(['a', 'b', 'c'])
    expect(early).toEqual([])
  })

  it('tells what is known while another hangs, and then all', async () => {
    const hanging = Promise.withResolvers<void>()
    const told = Promise.withResolvers<string[]>()
    const all = attemptAll([() => hanging.promise, away('registry')], never, (it) => told.resolve(messages(it)), 1)
    expect(await told.promise).toEqual(['registry'])
    hanging.reject(new Unavailable('timeout', 'Kafka'))
    expect(messages(await all)).toEqual(['Kafka', 'registry'])
  })

  it('ends when it is told to, and leaves no listener behind', async () => {
    const stop = new AbortController()
    const all = attemptAll([() => new Promise(() => {}), away('a')], stop.signal, () => {})
    stop.abort()
    expect(messages(await all)).toEqual(['a'])
  })

  it('throws what is a bug of ours', async () => {
    await expect(attemptAll([() => Promise.reject(new Error('bug'))], never, () => {})).rejects.toThrow('bug')
  })
})
