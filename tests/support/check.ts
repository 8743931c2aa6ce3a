/** `tributary check`, as an operator calls it. */
import { startDaemon } from './daemon.ts'

/** How it ended, and what it said. */
export interface Checked {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A finding of `--json`. */
export interface CheckedFinding {
  readonly level: 'ok' | 'note' | 'wrong'
  readonly group: string
  readonly about: string | null
  readonly setting: string | null
  readonly problem: string | null
  readonly cure: string | null
  readonly detail: string
}

/** Runs it with `env` over that of the shared servers. It only opens the URLs unless `args` say otherwise. */
export async function runCheck(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[] = ['--wait', '0'],
): Promise<Checked> {
  await using process = startDaemon(env, ['check', ...args])
  const { code } = await process.exited
  return { code, stdout: process.stdout, stderr: process.stderr }
}

/** As `runCheck`, with `--json`: the findings, and the exit code that it names and has. */
export async function runJsonCheck(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[] = ['--wait', '0'],
): Promise<{ readonly code: number | null; readonly findings: readonly CheckedFinding[] }> {
  const { code, stdout, stderr } = await runCheck(env, ['--json', ...args])
  const report = JSON.parse(stdout)
  if (report.exit_code !== code) throw new Error(`it says ${report.exit_code} and ends with ${code}: ${stderr}`)
  return { code, findings: report.findings }
}

/** The line about `label`, and the cure under it. */
export function about({ stdout }: Checked, label: string): { readonly line: string; readonly cure: string } {
  const all = stdout.split('\n')
  const at = all.findIndex((line) => line.includes(` ${label} `))
  return { line: all[at] ?? '', cure: all[at + 1] ?? '' }
}
