/** What the check of the image takes for a development package. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { developmentPackages } from '../../../scripts/system/packages.ts'

describe('developmentPackages', () => {
  const found = developmentPackages(readFileSync('package-lock.json', 'utf8'))

  it('are those of devDependencies and what only they need', () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    // A Kafka client needs ajv and avsc, too.
    const own = Object.keys(devDependencies).filter((name) => !['ajv', 'avsc'].includes(name))
    expect([...found]).toEqual(expect.arrayContaining(own))
    expect(found.has('jest-circus')).toBe(true)
  })

  it('are whole names: none that the daemon needs', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    const needed = [...Object.keys(dependencies), 'node-gyp-build-optional-packages', 'msgpackr']
    expect(needed.filter((name) => found.has(name))).toEqual([])
  })

  it('leaves out one that lies below another', () => {
    const lock = {
      packages: { '': {}, 'node_modules/a': { dev: true }, 'node_modules/b/node_modules/a': { dev: true } },
    }
    expect([...developmentPackages(JSON.stringify(lock))]).toEqual(['a'])
  })
})
