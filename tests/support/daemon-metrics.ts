/** What the daemon's metrics say: the Prometheus text format, read. */

/** One sample. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** All samples of a scrape. */
export interface Samples {
  readonly all: readonly Sample[]
  /** Kind (`counter`, …) by metric name, from the TYPE comments. */
  readonly types: Readonly<Record<string, string>>
  /** The sum over the samples of `name` that carry `labels` at least; undefined when there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined
}

/** Reads the exposition format. Throws on a line that is none. */
export function parseMetrics(text: string): Samples {
  const types: Record<string, string> = {}
  const all: Sample[] = []
  for (const line of text.split('\n')) {
    const [, named, kind] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (named && kind) types[named] = kind
    if (line === '' || line.startsWith('#')) continue
    const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (!name || !value) throw new Error(`not a sample: ${line}`)
    all.push({ name, labels: parseLabels(labels), value: Number(value.replace('Inf', 'Infinity')) })
  }
  return {
    all,
    types,
    value(name, labels = {}) {
      const wanted = Object.entries(labels)
      const found = all.filter((one) => one.name === name && wanted.every(([key, value]) => one.labels[key] === value))
      return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0)
    },
  }
}

function parseLabels(text: string): Record<string, string> {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)",?/g)
  return Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name, JSON.parse(`"${value}"`)]))
}
