/** A line of the log. */

export type Level = 'debug' | 'info' | 'warn' | 'error'
export type Line = readonly [level: Level, text: string, fields?: object | undefined]
