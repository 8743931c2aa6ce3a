/** What runs on this machine for tests and the demo is what docker-compose.yml runs. */
import { describe, expect, it } from '@jest/globals'
import { KAFKA, REGISTRY } from '../../scripts/stack/cache.ts'
import { text } from './sources.ts'

const images = [...text('docker-compose.yml').matchAll(/^ +image: ([\w./-]+):(\S+)$/gm)].map(([, name, tag]) => [
  name,
  tag,
])

describe('docker-compose.yml', () => {
  it.each([
    ['apache/kafka', KAFKA.version],
    ['apicurio/apicurio-registry-mem', REGISTRY.version],
  ])('has %s %s', (name, version) => {
    expect(images.filter(([image]) => image === name)).toEqual([[name, version]])
  })
})
