/** Every property of the configuration is read somewhere: a setting that nothing reads is a lie. */
import { describe, expect, it } from '@jest/globals'
import { daemonSettings } from '../../app/config/tables/daemon.ts'
import { feedTable } from '../../app/config/tables/index.ts'
import { kinds } from '../../app/kinds.ts'
import { settingsOf } from '../../app/settings/kind.ts'
import { propertyOf, type Settings } from '../../app/settings/setting.ts'
import { sources, text, withoutComments } from './sources.ts'

const INTERFACES = ['ConfigOwn', 'FeedOwn', 'KafkaConfig', 'LaneConfig', 'RegistryConfig', 'SequenceConfig']
/** What the configuration itself makes something of. */
const OWN = ['URL_PATHS', 'SEQUENCE_FIELD', 'SEQUENCE_FIRST_FIELD', 'SEQUENCE_BY', 'MAX_SEQUENCES']

/** The properties that an interface of app/config/types.ts declares. */
function propertiesOf(name: string): string[] {
  const [, body = ''] =
    new RegExp(`interface ${name} \\{([^}]*)\\}`).exec(withoutComments(text('app/config/types.ts'))) ?? []
  return [...body.matchAll(/^\s*readonly (\w+)\??:/gm)].map(([, property = '']) => property)
}

/** The properties that hold the values of settings. */
function valuesOf(table: Settings): string[] {
  const entries = Object.entries(table).filter(([name]) => !OWN.includes(name))
  return entries.flatMap(([name, setting]) => {
    const property = propertyOf(name, setting)
    return setting.rereads ? [property, `${property}File`] : [property]
  })
}

/** Whether `code` takes the property off an object: `.name`, or by destructuring. */
function reads(code: string, property: string): boolean {
  return new RegExp(
    `\\.${property}\\b|\\{[^{}]*\\b${property}\\b[^{}]*\\}(: [\\w<>]+)?( = |\\))|\\(\\{[^{}]*\\b${property}\\b[^{}]*\\}`,
  ).test(code)
}

const code = [...sources('app')]
  .filter(([path]) => !path.startsWith('app/config/') && !path.startsWith('app/settings/'))
  .map(([, source]) => withoutComments(source))
  .join('\n')

describe('a property of the configuration', () => {
  const tables = {
    daemon: daemonSettings,
    feed: feedTable(kinds),
    lanes: settingsOf(kinds.lanes),
    sinks: settingsOf(kinds.sinks),
  }
  const properties = [
    ...INTERFACES.flatMap((name) => propertiesOf(name).map((property) => [name, property] as const)),
    ...Object.entries(tables).flatMap(([name, table]) => valuesOf(table).map((property) => [name, property] as const)),
  ]

  it.each(properties)('%s.%s is read', (_, property) => {
    expect(reads(code, property)).toBe(true)
  })

  it('is found where it is declared, and missed where it is not read', () => {
    expect(propertiesOf('ConfigOwn')).toEqual(expect.arrayContaining(['sink', 'warnings', 'secrets']))
    expect(valuesOf(tables.feed)).toEqual(expect.arrayContaining(['silenceTimeoutMs', 'urls', 'urlsFile', 'schema']))
    expect(properties.length).toBeGreaterThan(70)
    expect(reads('interface A { readonly lingerMs: number }\nconst b = { lingerMs: 2 }', 'lingerMs')).toBe(false)
    expect(reads('const { lingerMs } = config', 'lingerMs')).toBe(true)
    expect(reads('f(config.lingerMs)', 'lingerMs')).toBe(true)
  })
})
