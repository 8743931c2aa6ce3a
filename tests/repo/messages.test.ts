/** docs/messages.md names only settings that exist, and declares each message once. */
import { describe, expect, it } from '@jest/globals'
import { ends, exitCodes } from '../../app/exit-codes.ts'
import { logMessages } from '../../app/telemetry/lines.ts'
import { text } from './sources.ts'

const page = text('docs/messages.md')
const settings = new Set([...text('docs/settings.md').matchAll(/`([A-Z][A-Z_<>]+)`/g)].map(([, name]) => name))

/** Settings that `of` names and docs/settings.md does not. */
function unknown(of: string): string[] {
  const spans = [...of.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span)
  const named = spans.flatMap((span) => span.match(/\b(?:FEED_<NAME>|[A-Z]+)_[A-Z_]*[A-Z](?![A-Z_…<])/g) ?? [])
  return named.filter(
    (name) =>
      ![name, name.replace(/_FILE$/, ''), `FEED_<NAME>_${name.replace(/_FILE$/, '')}`].some((one) => settings.has(one)),
  )
}

describe('docs/messages.md', () => {
  it('names only settings that exist', () => {
    expect(settings.size).toBeGreaterThan(50)
    expect(unknown(page)).toEqual([])
    expect(unknown('`FEED_<NAME>_SILENT_TIMEOUT` and `LANE_FOLDER`')).toEqual([
      'FEED_<NAME>_SILENT_TIMEOUT',
      'LANE_FOLDER',
    ])
  })

  it('has each message once', () => {
    const texts = Object.values(logMessages).flatMap((messages) =>
      messages.map(({ level, text }) => `${level} ${text}`),
    )
    expect(texts.length).toBeGreaterThan(40)
    expect(new Set(texts).size).toBe(texts.length)
  })

  it('has every exit code', () => {
    expect(ends.map(({ code }) => code)).toEqual(expect.arrayContaining(Object.values(exitCodes)))
  })
})
