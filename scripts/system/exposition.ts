/** Reading Prometheus text: just enough to ask for a sum. */

/** The sum over all samples of `name` whose labels include `labels`; 0 when there is none. */
export function metricTotal(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  let total = 0
  for (const line of text.split('\n')) {
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line)
    if (sample?.[1] !== name) continue
    const given = sample[2] ?? ''
    if (wanted.every((pair) => given.includes(pair))) total += Number(sample[3])
  }
  return total
}
