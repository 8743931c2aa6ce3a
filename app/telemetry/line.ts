/** Log lines and their shared texts. */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** The system of events without one. */
export const KAFKA_NAME = 'Kafka'

/** LogLevel, text and further fields. */
export type LogLine = readonly [level: LogLevel, text: string, fields?: object | undefined]

/** `topic[3]`. */
export function partitionText(topic: string, partition: number): string {
  return `${topic}[${partition}]`
}

/** `1.5 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
