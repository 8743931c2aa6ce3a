/** A bound on what the defaults of a schema hold: a default of records with defaults can double with each level. */

/** Fields, items and entries that are copied while a schema is compiled; the largest honest schemas copy some thousands. */
const MOST_COPIES = 200_000

let left = Number.POSITIVE_INFINITY

/** Runs `compile`; throws when more was copied in it than defaults may hold. */
export function withinCopies<T>(compile: () => T): T {
  left = MOST_COPIES
  try {
    return compile()
  } catch (error) {
    // A union tries its other branches when one throws, and then says something else.
    throw left < 0 ? tooMany() : error
  } finally {
    left = Number.POSITIVE_INFINITY
  }
}

/** So many are about to be copied. */
export function copies(count: number): void {
  left -= count
  if (left < 0) throw tooMany()
}

function tooMany(): Error {
  return new Error(`its defaults hold more than ${MOST_COPIES} values`)
}
