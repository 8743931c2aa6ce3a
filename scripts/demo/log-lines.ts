/** The end of a log file, for people. */
import { readFileSync } from 'node:fs'

const MAX_LENGTH = 200
const SHOWN = 8

/** A sentence with the path and the last lines. */
export function endOfLog(file: string): string {
  return `The log ${file} ends:\n${lastLines(file, SHOWN).join('\n') || '(nothing)'}`
}

/** The last `count` lines that are not empty: those in JSON as time, level and text, others as they are, all cut short. */
export function lastLines(file: string, count: number): string[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean).slice(-count)
  return lines.map((line) => readable(line).slice(0, MAX_LENGTH))
}

function readable(line: string): string {
  try {
    const { time, level, msg } = JSON.parse(line) as { time: string; level: string; msg: string }
    return `${new Date(time).toTimeString().slice(0, 8)} ${level}: ${msg}`
  } catch {
    return line
  }
}
