/** A line of the log. */

export type Level = 'debug' | 'info' | 'warn' | 'error'

/** Level, text and further fields. */
export type Line = readonly [level: Level, text: string, fields?: object | undefined]

/** `1.5 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
