import { describe, expect, it } from '@jest/globals'
import { wantedTopics } from '../../../scripts/initialise/wanted.ts'

const shape = { partitions: 3, replication: 2, deadLetters: { partitions: 1, days: 14 } }
const names = (...args: Parameters<typeof wantedTopics>) => wantedTopics(...args).map(({ name }) => name)

describe('wantedTopics', () => {
  it('has a dead-letter topic beside each schema, kept for a time', () => {
    expect(wantedTopics(['Trade'], shape)).toEqual([
      { name: 'Trade', partitions: 3, replication: 2 },
      {
        name: 'Trade.dead-letter',
        partitions: 1,
        replication: 2,
        config: { 'cleanup.policy': 'delete', 'retention.ms': '1209600000' },
      },
    ])
  })

  it('has none for gap records nor for dead letters, and none when told so', () => {
    expect(names(['tributary.gaps', 'Trade', 'Trade.dead-letter'], shape)).toEqual([
      'tributary.gaps',
      'Trade',
      'Trade.dead-letter',
    ])
    expect(names(['Trade'], { ...shape, deadLetters: undefined, deadLetterTopic: 'all' })).toEqual(['Trade'])
  })

  it('has those that were named, once', () => {
    expect(names(['Trade', 'gaps'], { ...shape, deadLetterTopic: 'all', gapsTopic: 'gaps' })).toEqual([
      'Trade',
      'gaps',
      'Trade.dead-letter',
      'all',
    ])
    expect(names(['Trade'], { ...shape, deadLetterTopic: 'Trade.dead-letter' })).toHaveLength(2)
  })
})
