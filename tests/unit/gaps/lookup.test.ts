/** A topic that is used where it exists. */
import { describe, expect, it } from '@jest/globals'
import { Unavailable } from '../../../app/errors.ts'
import { found } from '../../../app/gaps/lookup.ts'

const away = (reason: Unavailable['reason']) => () => Promise.reject(new Unavailable(reason, `it is ${reason}`))

function lookup(topics: (() => Promise<void>)[], subjects: (() => Promise<void>)[]) {
  const asked: string[] = []
  const next = (answers: (() => Promise<void>)[], what: string): Promise<void> => {
    asked.push(what)
    return (answers.shift() ?? (async () => {}))()
  }
  return {
    asked,
    topic: 't',
    subject: 't-value',
    everyMs: 1,
    outlet: { open: (topic: string) => next(topics, topic) },
    encoder: { prepare: (subject: string) => next(subjects, subject) },
  }
}

describe('an optional topic', () => {
  it('is found when topic and subject are there; the subject is not asked for before the topic is there', async () => {
    const whys: string[] = []
    const one = lookup([away('no_topic'), away('no_topic')], [away('no_subject')])
    expect(await found(one, new AbortController().signal, (why) => whys.push(why))).toBe(true)
    expect(one.asked).toEqual(['t', 't', 't', 't-value', 't', 't-value'])
    expect(whys).toEqual(['it is no_topic', 'it is no_topic', 'it is no_subject'])
  })

  it('is not absent because nobody can be asked', async () => {
    const whys: string[] = []
    const one = lookup([away('connect')], [])
    expect(await found(one, new AbortController().signal, (why) => whys.push(why))).toBe(true)
    expect(whys).toEqual([])
  })

  it('is given up when told to', async () => {
    const stop = new AbortController()
    const one = lookup(
      Array.from({ length: 5 }, () => away('no_topic')),
      [],
    )
    expect(await found(one, stop.signal, () => stop.abort())).toBe(false)
    expect(one.asked).toEqual(['t'])
  })

  it('throws what is a bug', async () => {
    const one = lookup([() => Promise.reject(new TypeError('a bug'))], [])
    await expect(found(one, new AbortController().signal, () => {})).rejects.toThrow('a bug')
  })
})
