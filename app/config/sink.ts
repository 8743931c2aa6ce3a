/** What the sinks in use mean for the settings: which of them are needed, and which have no effect. */
import { settingName } from '../lib/setting-names.ts'
import type { Settings } from '../settings/setting.ts'
import type { House } from './house.ts'
import type { Kinds } from './kinds.ts'
import type { Report } from './report.ts'
import { tellMissing } from './validate.ts'

type Sinks = Pick<Kinds, 'sinks'>
type Tables = Pick<House, 'kafka' | 'sinks'>

/** What some sink cannot do without: the brokers, and what the kinds require. */
export function required({ sinks }: Sinks): ReadonlySet<string> {
  const own = Object.values(sinks).flatMap(({ settings }) => Object.entries(settings))
  return new Set(['BOOTSTRAP_SERVERS', ...own.filter(([, one]) => one.required).map(([name]) => name)])
}

/** The sinks in use, by name: those of `feeds`, that of gap records where they have a topic, and the usual one where nothing else is. */
export function sinksInUse(
  feeds: readonly { readonly sink: string }[],
  { usual, gaps }: { readonly usual: string; readonly gaps: string | undefined },
): ReadonlySet<string> {
  const all = new Set([...feeds.map(({ sink }) => sink), ...(gaps === undefined ? [] : [gaps])])
  return all.size > 0 ? all : new Set([usual])
}

/** Says what the sinks in use need and do not have. */
export function tellNeeded(
  inUse: ReadonlySet<string>,
  tables: Tables,
  settings: Settings,
  kinds: Sinks,
  report: Report,
): void {
  const used = [...inUse].flatMap((name) => kinds.sinks[name] ?? [])
  const needs = used.some(({ needs }) => needs.includes('brokers')) ? ['BOOTSTRAP_SERVERS'] : []
  const own = used.flatMap((kind) => Object.keys(kind.settings).filter((name) => kind.settings[name]?.required))
  for (const name of new Set([...needs, ...own])) {
    const setting = settings[name]
    const isGiven = tables.kafka.given.has(name) || tables.sinks.given.has(name)
    if (setting && !isGiven) tellMissing({ name, example: setting.example }, setting, report)
  }
}

/** Says what is set for sinks that are not in use, and what those in use lack. */
export function checkSinks(
  inUse: ReadonlySet<string>,
  { kafka, sinks: own }: Tables,
  { sinks }: Sinks,
  report: Report,
): void {
  const { KAFKA_CLIENT: usual, KAFKA_COMPRESSION: compression } = kafka.values
  if (!report.isClear('KAFKA_CLIENT')) return
  const called = (setting: string): string => settingName({ ...kafka.names, ...own.names }, setting)
  const client = called('KAFKA_CLIENT')
  const isGiven = (setting: string): boolean => own.given.has(setting) || kafka.given.has(setting)
  for (const name of inUse) {
    const sink = sinks[name]
    if (sink?.lacks?.includes(compression)) {
      const given = called('KAFKA_COMPRESSION')
      const others = Object.keys(sinks).filter((one) => sinks[one]?.needs.includes('brokers') && !sinks[one]?.lacks)
      const problem = `${given}=${compression} needs ${client}=${others.join(' or ')}`
      report.wrong(given, problem, `${name} lacks ${sink.lacks.join(' and ')}`)
    }
    sink?.check?.({ values: { ...kafka.values, ...own.values }, called, isGiven, findings: report })
  }
  const theirs = new Set([...inUse].flatMap((name) => Object.keys(sinks[name]?.settings ?? {})))
  const why = inUse.size === 1 && inUse.has(usual) ? `${client} is ${usual}` : 'no feed has the sink that it is for'
  for (const setting of own.given.keys()) {
    if (!theirs.has(setting))
      report.ineffective(called(setting), `${called(setting)} has no effect: ${why}`, 'remove it')
  }
}
