/** The url label: what a source's redacted address may add to the label set is capped. */

/** Answers `id` for the first `max` distinct ids and `other` from then on. */
export function urlLabels(max: number): (id: string) => string {
  const known = new Set<string>()
  return (id) => {
    if (known.has(id)) return id
    if (known.size >= max) return 'other'
    known.add(id)
    return id
  }
}
