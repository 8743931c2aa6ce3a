/** What sources are called. */
import { describe, expect, it } from '@jest/globals'
import { describeSources, hostOf } from '../../../app/dial/address.ts'
import { murmur2 } from '../../../app/lib/murmur2.ts'

describe('describeSources', () => {
  it('keeps the order and shows no secret', () => {
    const ids = describeSources('f', ['wss://u:p@h:1/ws?token=t', 'ws://g/a'], 'auto').map(({ id }) => id)
    expect(ids).toEqual(['wss://h:1/ws?token=***', 'ws://g/a'])
  })

  it('tells URLs apart that look alike without their secrets', () => {
    const sources = describeSources('f', ['ws://h/?token=a', 'ws://h/?token=b', 'ws://g/', 'ws://h/?token=a'], 'auto')
    expect(sources.map(({ id }) => id)).toEqual([
      'ws://h/?token=***',
      'ws://h/?token=***#2',
      'ws://g/',
      'ws://h/?token=***#3',
    ])
  })

  const LISTEN_KEY = 'pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1'
  const keyed = ['wss://h/ws/', LISTEN_KEY].join('')
  const other = keyed.replace('pqia', 'qqia')

  it('shows no token of a path, and yet keeps the id and the partition that 0.1.0 gave', () => {
    const sources = describeSources('f', [keyed, other, 'wss://h/ws/plain'], 'auto')
    expect(sources.map(({ id }) => id)).toEqual([keyed, other, 'wss://h/ws/plain'])
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

  it('hashes the id, so that each has its own partition', () => {
    const [first, second] = describeSources('f', ['ws://h/', 'ws://h/'], 'auto')
    expect(first?.hash).toBe(murmur2(Buffer.from('ws://h/')))
    expect(second?.hash).toBe(murmur2(Buffer.from('ws://h/#2')))
  })
})

describe('hostOf', () => {
  it('is host and port, the same for all sources of a server', () => {
    const hosts = describeSources('f', ['ws://h:1/a?x=1', 'ws://h:1/a?x=2', 'wss://h/b'], 'auto').map(hostOf)
    expect(hosts).toEqual(['h:1', 'h:1', 'h'])
  })
})
