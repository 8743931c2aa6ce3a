/** What sources are called. */
import { describe, expect, it } from '@jest/globals'
import { describeSources, hostOf } from '../../../app/dial/address.ts'
import { murmur2 } from '../../../app/lib/murmur2.ts'

describe('describeSources', () => {
  it('keeps the order and shows no secret', () => {
    const ids = describeSources('f', ['wss://u:p@h:1/ws?token=t', 'ws://g/a']).map(({ id }) => id)
    expect(ids).toEqual(['wss://h:1/ws?token=***', 'ws://g/a'])
  })

  it('tells URLs apart that look alike without their secrets', () => {
    const sources = describeSources('f', ['ws://h/?token=a', 'ws://h/?token=b', 'ws://g/', 'ws://h/?token=a'])
    expect(sources.map(({ id }) => id)).toEqual([
      'ws://h/?token=***',
      'ws://h/?token=***#2',
      'ws://g/',
      'ws://h/?token=***#3',
    ])
  })

  it('hashes the id, so that each has its own partition', () => {
    const [first, second] = describeSources('f', ['ws://h/', 'ws://h/'])
    expect(first?.hash).toBe(murmur2(Buffer.from('ws://h/')))
    expect(second?.hash).toBe(murmur2(Buffer.from('ws://h/#2')))
  })
})

describe('hostOf', () => {
  it('is host and port, the same for all sources of a server', () => {
    const hosts = describeSources('f', ['ws://h:1/a?x=1', 'ws://h:1/a?x=2', 'wss://h/b']).map(hostOf)
    expect(hosts).toEqual(['h:1', 'h:1', 'h'])
  })
})
