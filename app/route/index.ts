/** The routers by name. */
import type { Router } from '../model.ts'
import { text } from '../settings/formats/basic.ts'
import { path } from '../settings/formats/fields.ts'
import type { Asked, Kind } from '../settings/kind.ts'
import type { Settings } from '../settings/setting.ts'

/** Inputs of a router besides its settings. */
export interface RouterGround {
  /** Topic of the feed's records, and stem of their subject. */
  readonly schema: string
}

const router = <S extends Settings>(declared: Kind<Router, S, RouterGround>) => declared

const keySettings = {
  KEY: {
    instead: ['KEY_FIELD'],
    group: 'Feeds by name',
    format: text('a constant'),
    help: 'Key of every record. Without KEY and KEY_FIELD records have no key, and the source chooses the partition.',
    example: 'ticker',
  },
  KEY_FIELD: {
    instead: ['KEY'],
    group: 'Feeds by name',
    format: path,
    help: 'Where in the document the key is: text, or a number with all of its digits. A document without it is refused (no_key). Not together with KEY.',
    example: 'symbol',
  },
} satisfies Settings

export const routers = {
  schema: router({
    help: 'to the topic of the schema; the key is a constant, a field, or none',
    settings: keySettings,
    check: oneKey,
    load: async () => {
      const { bySchema, keyRule } = await import('./by-schema.ts')
      return (values, { schema }) => bySchema({ schema, key: keyRule(values) })
    },
  }),
}

function oneKey({ isGiven, called, findings }: Asked<typeof keySettings>): void {
  if (!isGiven('KEY') || !isGiven('KEY_FIELD')) return
  findings.wrong(called('KEY'), `${called('KEY')} and ${called('KEY_FIELD')} are both set`, 'keep one of them')
}
