/** What the chosen sink means for the settings: which of them it needs, and which have no effect with it. */
import { settingName } from '../lib/setting-names.ts'
import type { Settings } from '../settings/setting.ts'
import type { Kinds } from './kinds.ts'
import type { Layer } from './layers.ts'
import { lookup } from './lookup.ts'
import type { Table } from './read-table.ts'
import { Report } from './report.ts'
import type { kafkaSettings } from './tables/kafka.ts'

/** Required settings that are not needed with the sink that is chosen: the brokers, or those of other sinks. */
export function unneeded(layers: readonly Layer[], { sinks }: Pick<Kinds, 'sinks'>): ReadonlySet<string> {
  const given = lookup(layers, 'KAFKA_CLIENT', new Report())?.text?.trim().toLowerCase() ?? ''
  const sink = Object.hasOwn(sinks, given) ? sinks[given] : undefined
  const own = Object.keys(sink?.settings ?? {})
  const others = Object.values(sinks).flatMap(({ settings }) => Object.keys(settings))
  const brokers = sink && !sink.needs.includes('brokers') ? ['BOOTSTRAP_SERVERS'] : []
  return new Set([...brokers, ...others.filter((name) => !own.includes(name))])
}

/** Says what is set for another sink than the chosen one, and what this one lacks. */
export function checkSink(
  kafka: Table<ReturnType<typeof kafkaSettings>>,
  own: Table<Settings>,
  { sinks }: Pick<Kinds, 'sinks'>,
  report: Report,
): void {
  const { KAFKA_CLIENT: name, KAFKA_COMPRESSION: compression } = kafka.values
  const sink = sinks[name]
  if (!report.isClear('KAFKA_CLIENT') || !sink) return
  const called = (setting: string): string => settingName({ ...kafka.names, ...own.names }, setting)
  const client = called('KAFKA_CLIENT')
  if (sink.lacks?.includes(compression)) {
    const given = called('KAFKA_COMPRESSION')
    const others = Object.keys(sinks).filter((one) => sinks[one]?.needs.includes('brokers') && !sinks[one]?.lacks)
    const problem = `${given}=${compression} needs ${client}=${others.join(' or ')}`
    report.wrong(given, problem, `${name} lacks ${sink.lacks.join(' and ')}`)
  }
  for (const setting of own.given.keys()) {
    if (Object.hasOwn(sink.settings, setting)) continue
    report.ineffective(called(setting), `${called(setting)} has no effect: ${client} is ${name}`, 'remove it')
  }
  const isGiven = (setting: string): boolean => own.given.has(setting) || kafka.given.has(setting)
  sink.check?.({ values: { ...kafka.values, ...own.values }, called, isGiven, findings: report })
}
