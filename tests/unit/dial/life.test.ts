/** What says that an upstream is alive, and what it costs to know. */
import { describe, expect, it } from '@jest/globals'
import { type LifeTest, lifeTest } from '../../../app/dial/life.ts'
import { message } from '../../support/messages.ts'

const IGNORE = [{ event: 'heartbeat' }, { event: 'status' }, 'pong']
const ALIVE = [{ event: 'status' }]
const isLife = lifeTest(IGNORE, ALIVE) as LifeTest
const says = (...texts: string[]): boolean => isLife(texts.map((text) => message(text)))

describe('a sign of life', () => {
  it('is anything where nothing is ignored: then nothing is looked at', () => {
    expect(lifeTest([], ALIVE)).toBeUndefined()
  })

  it.each([
    '{"k":"data"}',
    '{"event":"status"}',
    '[{"event":"heartbeat"},{"event":"status"}]',
    '[{"event":"heartbeat"},{"k":1}]',
    '["pong","ping"]',
    'no JSON',
    '{"event":"heartbeat"',
    '5',
    '"ping"',
    '[]',
    '',
  ])('is %s', (text) => {
    expect(says(text)).toBe(true)
    expect(says('{"event":"heartbeat"}', text, 'pong')).toBe(true)
  })

  it.each(['{"event":"heartbeat","at":1}', 'pong', '"pong"', '[{"event":"heartbeat"},"pong"]'])('is not %s', (text) => {
    expect(says(text)).toBe(false)
    expect(says(text, text, 'pong')).toBe(false)
  })

  it('is looked for from the newest on, and no further than the first', () => {
    let parsed = 0
    const counting = (text: string) => {
      const one = message(text)
      return {
        ...one,
        get data() {
          parsed++
          return one.data
        },
      }
    }
    expect(
      isLife([...Array.from({ length: 1_000 }, () => counting('pong')), counting('{"k":1}'), counting('pong')]),
    ).toBe(true)
    expect(parsed).toBe(2)
  })

  it('is taken for granted beyond a megabyte of what is none', () => {
    const large = JSON.stringify({ event: 'heartbeat', filler: 'x'.repeat(700_000) })
    expect(says(large)).toBe(false)
    expect(says(large, large)).toBe(true)
  })
})
