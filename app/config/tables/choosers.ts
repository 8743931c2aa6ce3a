/** The settings by which a feed chooses its kinds. They are there once there is something to choose. */
import { choice } from '../../settings/formats/basic.ts'
import type { AnyKind } from '../../settings/kind.ts'
import type { Setting } from '../../settings/setting.ts'
import type { Kinds } from '../kinds.ts'

/** One kind each; `usual` is the default. */
export const choosers = [
  { name: 'SOURCE', registry: 'sources', usual: 'websocket', help: 'How messages are received.' },
  { name: 'PARSE', registry: 'parsers', usual: 'json', help: 'How documents are found in messages.' },
  { name: 'ROUTER', registry: 'routers', usual: 'schema', help: 'Where records go, and with which key.' },
  { name: 'FORMAT', registry: 'encoders', usual: 'avro', help: 'How the value of a record is written.' },
] as const

/** The kinds of a feed, by property. */
export type Chosen = { readonly [C in (typeof choosers)[number] as Lowercase<C['name']>]: string }

/** Those with more than one kind to choose from, and PRESET where there is one. */
export function chooserSettings(kinds: Kinds): Readonly<Record<string, Setting<unknown>>> {
  const open = choosers.filter(({ registry }) => Object.keys(kinds[registry]).length > 1)
  const settings = open.map(({ name, registry, usual, help }): [string, Setting<unknown>] => [
    name,
    setting(kinds[registry], help, { default: usual }),
  ])
  const [first] = Object.keys(kinds.presets)
  if (first !== undefined) {
    const help = 'A public feed whose settings are taken, unless they are set.'
    settings.push(['PRESET', setting(kinds.presets, help, { example: first })])
  }
  return Object.fromEntries(settings)
}

/** `name: what it does.` of each. */
export function helpOf(kinds: Readonly<Record<string, { readonly help: string }>>): string {
  return Object.entries(kinds)
    .map(([name, { help }]) => `${name}: ${/[.!?]$/.test(help) ? help : `${help}.`}`)
    .join(' ')
}

function setting(
  kinds: Readonly<Record<string, Pick<AnyKind, 'help'>>>,
  help: string,
  more: { readonly default: string } | { readonly example: string },
): Setting<unknown> {
  return { group: 'Feeds by name', format: choice(Object.keys(kinds)), help: `${help} ${helpOf(kinds)}`, ...more }
}
