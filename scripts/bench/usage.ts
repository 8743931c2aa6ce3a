/** What a process has used, from /proc (Linux). */
import { readFileSync } from 'node:fs'

/** The kernel counts in hundredths of a second wherever Node runs (USER_HZ). */
const TICK_US = 10_000

/** CPU of all its threads so far, user and system, microseconds. Throws when there is no such process. */
export function cpuUs(pid: number): number {
  return cpuOfStat(readFileSync(`/proc/${pid}/stat`, 'latin1')) * TICK_US
}

/** The most memory it ever had resident, bytes. */
export function peakRssBytes(pid: number): number {
  return memoryBytes(pid, /^VmHWM:\s*(\d+) kB/m)
}

/** The memory it has resident, bytes. */
export function rssBytes(pid: number): number {
  return memoryBytes(pid, /^VmRSS:\s*(\d+) kB/m)
}

function memoryBytes(pid: number, line: RegExp): number {
  return Number(line.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024
}

/** utime and stime of a line of /proc/<pid>/stat, in ticks. The name in it may hold blanks and brackets. */
export function cpuOfStat(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}
