/** Who enters a full lane first. */
import { describe, expect, it } from '@jest/globals'
import { Admission } from '../../../app/lane/admission.ts'
import { source } from '../../support/messages.ts'

describe('admission to a lane', () => {
  const [a, b] = [source('a'), source('b')]
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  it('passes over a source that holds half while another waits, and only then', async () => {
    const admission = new Admission(100)
    expect(admission.tryEnter(a, 60)).toBe(true)
    expect(admission.tryEnter(b, 40)).toBe(true)
    const entered: string[] = []
    void admission.enter(a, 20, 1).then(() => entered.push('a'))
    void admission.enter(b, 10, 2).then(() => entered.push('b'))
    admission.leave([[a, 20]])
    await turn()
    expect(entered).toEqual(['b'])
    admission.leave([[b, 40]])
    await turn()
    expect(entered).toEqual(['b', 'a'])
    expect(admission.bytes).toBe(70)
  })

  it('does not let a small one overtake a large one that waits for room', async () => {
    const admission = new Admission(100)
    admission.tryEnter(a, 90)
    const entered: string[] = []
    void admission.enter(b, 50, 1).then(() => entered.push('large'))
    expect(admission.tryEnter(source('c'), 5)).toBe(false)
    void admission.enter(source('c'), 5, 2).then(() => entered.push('small'))
    await turn()
    expect(entered).toEqual([])
    admission.leave([[a, 90]])
    await turn()
    expect(entered).toEqual(['large', 'small'])
  })
})
