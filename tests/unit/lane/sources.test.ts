/** Sources of stored messages, found by the names that stores have for them. */
import { describe, expect, it } from '@jest/globals'
import { describeSources } from '../../../app/dial/address.ts'
import { SourceFinder, sourceFinder } from '../../../app/lane/sources.ts'
import { murmur2 } from '../../../app/lib/murmur2.ts'

const TOKENS = ['9f86d081884c7d659a2feaa0c55ad015', '0f86d081884c7d659a2feaa0c55ad015']
const urls = TOKENS.map((token) => `wss://h/v3/${token}?t=secret`)

describe('a source', () => {
  it('is found by the id that lanes have, and by the name that dead letters have', () => {
    const sources = describeSources('f', urls, 'auto')
    const sourceOf = sourceFinder('f', sources)
    const [first, second] = sources
    expect(sourceOf(`wss://h/v3/${TOKENS[0]}?t=***`)).toBe(first)
    expect(sourceOf('wss://h/v3/***?t=***')).toBe(first)
    expect(sourceOf(`wss://h/v3/${TOKENS[1]}?t=***`)).toBe(second)
    expect(sourceOf('wss://h/v3/***?t=***#2')).toBe(second)
  })

  it('is found by the id that is stored now, in another process and at another place', () => {
    const [first, second] = describeSources('f', ['ws://h/?s=1', 'ws://h/?s=2'], 'auto')
    const turned = describeSources('f', ['ws://h/?s=2', 'ws://h/?s=1'], 'auto')
    const sourceOf = sourceFinder('f', turned)
    expect(sourceOf(first?.id ?? '')).toBe(turned[1])
    expect(sourceOf(second?.id ?? '')).toBe(turned[0])
  })

  it('that left is found by its own id only, as it was', () => {
    const [gone] = describeSources('f', ['ws://h/?s=1'], 'auto')
    const [came] = describeSources('f', ['ws://h/?s=2'], 'auto')
    if (!gone || !came) throw new Error('no sources')
    const finder = new SourceFinder('f', 'auto')
    finder.add(gone)
    finder.add(came)
    finder.remove(gone)
    expect(finder.of(gone.id)).toBe(gone)
    expect(finder.of(came.id)).toBe(came)
    expect(finder.of('ws://h/?s=***')).toBe(came)
    const elsewhere = sourceFinder('f', [])(gone.id)
    expect(elsewhere).toMatchObject({ shown: gone.shown, hash: gone.hash })
  })

  it('that is configured no longer keeps its partition, and is shown without the token of its path', () => {
    const sourceOf = sourceFinder('f', [])
    const id = `wss://h/v3/${TOKENS[0]}?t=***#3`
    expect(sourceOf(id)).toEqual({ feed: 'f', id, shown: 'wss://h/v3/***?t=***#3', hash: murmur2(Buffer.from(id)) })
    expect(sourceOf(id)).toBe(sourceOf(id))
    expect(sourceFinder('f', [], 'show')(id).shown).toBe(id)
    expect(sourceOf('tributary.gaps').shown).toBe('tributary.gaps')
  })
})
