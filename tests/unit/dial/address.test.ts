/** What sources are called. */
import { describe, expect, it } from '@jest/globals'
import { describeSources, hostOf } from '../../../app/dial/address.ts'
import { murmur2 } from '../../../app/lib/murmur2.ts'

describe('describeSources', () => {
  it('keeps the order and shows no secret', () => {
    const sources = describeSources('f', ['wss://u:p@h:1/ws?token=t', 'ws://g/a'], 'auto')
    expect(sources.map(({ shown }) => shown)).toEqual(['wss://h:1/ws?token=***', 'ws://g/a'])
    expect(sources.map(({ formerId }) => formerId)).toEqual(['wss://h:1/ws?token=***', 'ws://g/a'])
    expect(JSON.stringify(sources)).not.toMatch(/u:p|=t"/)
  })

  it('tells URLs apart that look alike without their secrets', () => {
    const sources = describeSources('f', ['ws://h/?token=a', 'ws://h/?token=b', 'ws://g/', 'ws://h/?token=a'], 'auto')
    expect(sources.map(({ shown }) => shown)).toEqual([
      'ws://h/?token=***',
      'ws://h/?token=***#2',
      'ws://g/',
      'ws://h/?token=***#3',
    ])
    expect(new Set(sources.map(({ id }) => id)).size).toBe(4)
  })

  const LISTEN_KEY = 'pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1'
  const keyed = ['wss://h/ws/', LISTEN_KEY].join('')
  const other = keyed.replace('pqia', 'qqia')

  it('shows and stores no token of a path, and yet keeps the id and the partition that 0.1.0 gave', () => {
    const sources = describeSources('f', [keyed, other, 'wss://h/ws/plain'], 'auto')
    expect(sources.map(({ id }) => id).join()).not.toContain(LISTEN_KEY)
    expect(sources.map(({ formerId }) => formerId)).toEqual([keyed, other, 'wss://h/ws/plain'])
    expect(sources.map(({ shown }) => shown)).toEqual(['wss://h/ws/***', 'wss://h/ws/***#2', 'wss://h/ws/plain'])
    expect(sources.map(({ hash }) => hash)).toEqual(
      [keyed, other, 'wss://h/ws/plain'].map((id) => murmur2(Buffer.from(id))),
    )
  })

  it('shows as much of a path as it is told to', () => {
    const shown = (paths: 'show' | 'hide') => describeSources('f', [keyed], paths).map(({ shown }) => shown)
    expect(shown('show')).toEqual([keyed])
    expect(shown('hide')).toEqual(['wss://h/***/***'])
  })

  it('hashes the former id, so that each has its own partition', () => {
    const [first, second] = describeSources('f', ['ws://h/', 'ws://h/'], 'auto')
    expect(first?.hash).toBe(murmur2(Buffer.from('ws://h/')))
    expect(second?.hash).toBe(murmur2(Buffer.from('ws://h/#2')))
  })
})

describe('the id of a source', () => {
  const ten = Array.from({ length: 10 }, (_, at) => `wss://h/ws?symbol=S${at}`)
  const idOf = (url: string) => describeSources('f', [url], 'auto')[0]?.id.slice(0, 16)

  it('does not depend on its place in the list', () => {
    const forwards = describeSources('f', ten, 'auto').map(({ id }) => id.slice(0, 16))
    const backwards = describeSources('f', ten.toReversed(), 'auto').map(({ id }) => id.slice(0, 16))
    expect(new Set(forwards).size).toBe(10)
    expect(backwards.toReversed()).toEqual(forwards)
  })

  it('stays when a URL before it changes; the new one takes the free names and their partition', () => {
    const before = describeSources('f', ten, 'auto')
    const present = before.map((info) => ({ info }))
    const after = describeSources('f', ten.with(4, 'wss://h/ws?symbol=NEW'), 'auto', present)
    expect(after.filter((source) => before.includes(source))).toHaveLength(9)
    expect(after[4]).toMatchObject({ shown: before[4]?.shown, hash: before[4]?.hash, formerId: before[4]?.formerId })
    expect(after[4]?.id).not.toBe(before[4]?.id)
  })

  it('goes with its own URL where others differ only in their tokens', () => {
    const urls = [keyed('pqia'), keyed('qqia'), keyed('rqia')]
    const before = describeSources('f', urls, 'auto')
    const present = before.map((info, at) => ({ info, url: urls[at] }))
    expect(describeSources('f', [keyed('rqia'), keyed('qqia')], 'auto', present)).toEqual([before[2], before[1]])
    const [renewed, same, added] = describeSources(
      'f',
      [keyed('zqia'), keyed('pqia'), keyed('yqia'), 'ws://g/'],
      'auto',
      present,
    )
    expect([renewed, same, added]).toEqual([before[1], before[0], before[2]])
    const ids = describeSources('f', [...urls.slice(1), keyed('zqia'), keyed('yqia')], 'auto', present).map(
      ({ id }) => id,
    )
    expect(new Set(ids).size).toBe(4)
  })

  it('is the same in every process', () => {
    expect(idOf('wss://h/ws?symbol=BTC')).toBe('6abea556dd64ce31')
  })

  it.each([
    ['a token', 'wss://h/ws?symbol=A&token=one', 'wss://h/ws?symbol=A&token=two'],
    ['an API key', 'wss://h/ws?api_key=one', 'wss://h/ws?api_key=two'],
    ['user info', 'wss://u:p@h/ws', 'wss://h/ws'],
    ['a path that is a token', keyed('pqia'), keyed('qqia')],
    [
      'a signature',
      'wss://h/ws?a=1&X-Amz-Signature=9f&X-Amz-Expires=5',
      'wss://h/ws?a=1&X-Amz-Signature=1f&X-Amz-Expires=9',
    ],
  ])('stays when %s changes', (_what, one, other) => {
    expect(idOf(one)).toBe(idOf(other))
  })

  it.each([
    ['a symbol', 'wss://h/ws?symbol=A', 'wss://h/ws?symbol=B'],
    ['a path', 'wss://h/ws/a', 'wss://h/ws/b'],
    ['a port', 'wss://h:1/ws', 'wss://h:2/ws'],
    ['a channel without a name', 'wss://h/ws?trades', 'wss://h/ws?quotes'],
  ])('changes with %s', (_what, one, other) => {
    expect(idOf(one)).not.toBe(idOf(other))
  })
})

function keyed(begin: string): string {
  return ['wss://h/ws/', begin, '91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1'].join('')
}

describe('hostOf', () => {
  it('is host and port, the same for all sources of a server', () => {
    const hosts = describeSources('f', ['ws://h:1/a?x=1', 'ws://h:1/a?x=2', 'wss://h/b'], 'auto').map(hostOf)
    expect(hosts).toEqual(['h:1', 'h:1', 'h'])
  })
})
