/** Why the operator's port cannot be opened. */
import type { Problem } from './errors.ts'
import type { Config } from './kinds.ts'
import { settingName } from './lib/setting-names.ts'

/** What an operator is told when `error` says that the port cannot be listened on; undefined for any other error. */
export function portProblem(
  error: unknown,
  { metricsHost, metricsPort, names }: Pick<Config, 'metricsHost' | 'metricsPort' | 'names'>,
): Problem | undefined {
  if (
    !(
      error instanceof Error &&
      'syscall' in error &&
      /^(listen|bind|getaddrinfo)$/.test(`${error.syscall}`) &&
      'code' in error
    )
  )
    return undefined
  const [port, host] = [settingName(names, 'METRICS_PORT'), settingName(names, 'METRICS_HOST')]
  const cures: Readonly<Record<string, readonly [setting: string, cure: string]>> = {
    EADDRINUSE: [port, 'choose another, or end the program that has it'],
    EACCES: [port, 'choose one from 1024 on, or let this user listen below'],
  }
  const [setting, cure] = cures[`${error.code}`] ?? [host, 'choose an address of this machine, such as 0.0.0.0']
  const text = `${port} ${metricsPort} on ${host} ${metricsHost} cannot be listened on (${error.code})`
  return { setting, text, cure }
}
