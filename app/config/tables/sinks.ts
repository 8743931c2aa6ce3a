/** What a feed calls the sinks: those to Kafka are one. */
import type { Kinds } from '../kinds.ts'

type Sinks = Kinds['sinks']

/** Whichever client KAFKA_CLIENT names. */
export const KAFKA = 'kafka'

/** The names that a feed may give, with the help of each. */
export function sinkChoices(sinks: Sinks): Readonly<Record<string, { readonly help: string }>> {
  const others = Object.entries(sinks).filter(([, { needs }]) => !needs.includes('brokers'))
  const kafka = others.length < Object.keys(sinks).length ? { [KAFKA]: { help: 'Kafka, through KAFKA_CLIENT' } } : {}
  return { ...kafka, ...Object.fromEntries(others) }
}

/** The entry of the registry that a feed means by `chosen`; `usual` is that of KAFKA_CLIENT, which may be no way to Kafka. */
export function sinkOf(chosen: string | undefined, usual: string, sinks: Sinks): string {
  if (chosen !== KAFKA) return chosen ?? usual
  if (sinks[usual]?.needs.includes('brokers')) return usual
  return Object.keys(sinks).find((name) => sinks[name]?.needs.includes('brokers')) ?? usual
}
