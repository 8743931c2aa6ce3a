/** Single values of the Prometheus text format. */

/** The value of the first sample of `name`, labels or not; NaN when there is none. */
export function parseMetric(text: string, name: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `) || each.startsWith(`${name}{`))
  return line === undefined ? Number.NaN : Number(line.slice(line.lastIndexOf(' ')))
}
