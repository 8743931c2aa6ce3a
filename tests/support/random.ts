/** Chance that can be repeated. */

/** Returns a whole number from 0 to `below` - 1. A seed gives the same numbers in the same order. */
export type Random = (below: number) => number

/** A linear congruential generator; its upper bits are used. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** 1 to `most` decimal digits. */
export function digits(random: Random, most: number): string {
  return Array.from({ length: 1 + random(most) }, () => random(10)).join('')
}

/** A number as JSON may spell it, of any length and size. */
export function jsonNumber(random: Random): string {
  const whole = digits(random, random(3) === 0 ? 25 : 9).replace(/^0+(?=\d)/, '')
  const fraction = random(2) === 0 ? '' : `.${digits(random, random(3) === 0 ? 25 : 9)}`
  const exponent = random(3) > 0 ? '' : `${'eE'[random(2)]}${['', '+', '-'][random(3)]}${random(400)}`
  return `${random(2) === 0 ? '-' : ''}${whole}${fraction}${exponent}`
}
