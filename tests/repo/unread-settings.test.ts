/** Every property of the configuration is read somewhere: a setting that nothing reads is a lie. */
import { describe, expect, it } from '@jest/globals'
import { sources, text, withoutComments } from './sources.ts'

const INTERFACES = ['Config', 'FeedConfig', 'KafkaConfig', 'LaneConfig', 'RegistryConfig']

/** The properties that an interface of app/config/types.ts declares. */
function propertiesOf(name: string): string[] {
  const [, body = ''] =
    new RegExp(`export interface ${name} \\{([^}]*)\\}`).exec(withoutComments(text('app/config/types.ts'))) ?? []
  return [...body.matchAll(/^\s*readonly (\w+)\??:/gm)].map(([, property = '']) => property)
}

/** Whether `code` takes the property off an object: `.name`, or by destructuring. */
function reads(code: string, property: string): boolean {
  return new RegExp(`\\.${property}\\b|\\{[^{}]*\\b${property}\\b[^{}]*\\}(: [\\w<>]+)?( = |\\))`).test(code)
}

const code = [...sources('app')]
  .filter(([path]) => !path.startsWith('app/config/'))
  .map(([, source]) => withoutComments(source))
  .join('\n')

describe('a property of the configuration', () => {
  const properties = INTERFACES.flatMap((name) => propertiesOf(name).map((property) => [name, property] as const))

  it.each(properties)('%s.%s is read', (_, property) => {
    expect(reads(code, property)).toBe(true)
  })

  it('is found where it is declared, and missed where it is not read', () => {
    expect(propertiesOf('Config')).toEqual(expect.arrayContaining(['feeds', 'warnings', 'lingerMs']))
    expect(properties.length).toBeGreaterThan(35)
    expect(reads('interface A { readonly lingerMs: number }\nconst b = { lingerMs: 2 }', 'lingerMs')).toBe(false)
    expect(reads('const { lingerMs } = config', 'lingerMs')).toBe(true)
    expect(reads('f(config.lingerMs)', 'lingerMs')).toBe(true)
  })
})
