/** The sources of a list of URLs that changes. */
import { describe, expect, it } from '@jest/globals'
import type { PresentSource } from '../../../app/dial/address.ts'
import { type UrlPlace, UrlSources } from '../../../app/dial/url-sources.ts'
import type { Source, SourceInfo } from '../../../app/model.ts'

const symbols = (...names: readonly string[]): string[] => names.map((name) => `ws://h/?symbol=${name}`)

function rig(urls: readonly string[], present: Iterable<PresentSource> = []) {
  const places = new Map<SourceInfo, UrlPlace>()
  const live = [...urls]
  const receive = (): never => {
    throw new Error('nobody dials')
  }
  const make = (info: SourceInfo, place: UrlPlace): Source => {
    places.set(info, place)
    return { info, receive }
  }
  const sources = new UrlSources({ feed: 'f', urls: live, paths: 'auto', make }, present)
  const stop = new AbortController()
  const arrivals = sources.arrivals(stop.signal)
  const take = async (count: number): Promise<Source[]> => {
    const taken: Source[] = []
    for (let at = 0; at < count; at++) taken.push((await arrivals.next()).value as Source)
    return taken
  }
  return { sources, live, places, stop, arrivals, take }
}

describe('the sources of a list', () => {
  it('arrive once each, and no more until the list changes or it is over', async () => {
    const { sources, arrivals, stop, take } = rig(symbols('a', 'b'))
    expect((await take(2)).map(({ info }) => info)).toEqual(sources.present)
    const next = arrivals.next()
    expect(await Promise.race([next, new Promise((resolve) => setImmediate(resolve, 'waits'))])).toBe('waits')
    stop.abort()
    expect((await next).done).toBe(true)
  })

  it('come and go one by one: the others stay the objects they were, wherever their URLs stand now', async () => {
    const { sources, live, places, take } = rig(symbols('a', 'b', 'c'))
    const [a, b, c] = await take(3)
    const { joined, left, unseen } = sources.change(symbols('c', 'a', 'new'))
    expect([left, unseen]).toEqual([[b?.info], []])
    expect([a, b, c].map((one) => one?.gone?.aborted)).toEqual([false, true, false])
    expect((await take(1)).map(({ info }) => info)).toEqual(joined)
    expect(sources.present).toEqual([c?.info, a?.info, joined[0]])
    expect(sources.present.map((info) => places.get(info)?.index)).toEqual([0, 1, 2])
    expect(live).toEqual(symbols('c', 'a', 'new'))
  })

  it('that never arrived leave unseen', async () => {
    const { sources, take } = rig(symbols('a', 'b'))
    const [a] = await take(1)
    const { left, unseen, joined } = sources.change(symbols('c'))
    expect(left).toHaveLength(2)
    expect(unseen).toEqual(left.filter((info) => info !== a?.info))
    expect((await take(1)).map(({ info }) => info)).toEqual(joined)
  })

  it('that was dialled with another URL, because its file had changed, is replaced', async () => {
    const { sources, places, take } = rig(symbols('a', 'b'))
    const [a, b] = await take(2)
    const place = places.get(b?.info as SourceInfo)
    if (place) place.dialled = 'ws://h/?symbol=a'
    const { joined, left } = sources.change(symbols('a', 'b'))
    expect(left).toEqual([b?.info])
    expect(joined.map(({ id }) => id.slice(0, 16))).toEqual([b?.info.id.slice(0, 16)])
    expect(sources.present[0]).toBe(a?.info)
  })

  it('with a fresh token stay: it is another text, and the same source', async () => {
    const { sources, live, take } = rig(['ws://h/?symbol=a&token=1'])
    const [a] = await take(1)
    expect(sources.change(['ws://h/?symbol=a&token=2'])).toEqual({ joined: [], left: [], unseen: [] })
    expect(sources.present).toEqual([a?.info])
    expect(live).toEqual(['ws://h/?symbol=a&token=2'])
  })

  it('that differ in their tokens only keep their own sockets', async () => {
    const { sources, take } = rig(['ws://h/?token=1', 'ws://h/?token=2'])
    const [one, two] = await take(2)
    expect(sources.change(['ws://h/?token=2']).left).toEqual([one?.info])
    expect(two?.gone?.aborted).toBe(false)
  })

  it('of a feed that starts again keep their names', () => {
    const { sources } = rig(symbols('a', 'b'))
    const again = rig(symbols('b', 'new', 'a'), sources.dialled).sources
    expect([again.present[2], again.present[0]]).toEqual(sources.present)
    expect(again.present[2]).toBe(sources.present[0])
    expect(again.present.map(({ shown }) => shown)).toEqual([
      'ws://h/?symbol=***#2',
      'ws://h/?symbol=***#3',
      'ws://h/?symbol=***',
    ])
  })
})
