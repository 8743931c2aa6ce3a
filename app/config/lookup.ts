/** Finds the text of a setting: in the variable, in the file that `<variable>_FILE` names, or under an alias. */
import { readText } from './files.ts'
import type { Report } from './report.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** The text of a setting and where it stood. */
export interface Given {
  /** Undefined when it could not be had; the report then says why. */
  readonly text: string | undefined
  /** The variable that holds it, or that names its file. */
  readonly variable: string
  /** The file, if it came from one. */
  readonly path: string | undefined
  /** A preset's value, which stood nowhere. */
  readonly isPreset?: true
}

/** Looks up one name. Empty and blank variables count as unset, because compose files pass them on like that. */
export function lookup(env: Env, name: string, report: Report): Given | undefined {
  const text = filled(env[name])
  // A setting that is a path by itself (KAFKA_SSL_CA_FILE) is not read from a second file.
  const path = name.endsWith('_FILE') ? undefined : filled(env[`${name}_FILE`])?.trim()
  if (path === undefined) return text === undefined ? undefined : { text, variable: name, path }
  const variable = `${name}_FILE`
  const content = readText(path)
  const problem =
    text !== undefined
      ? `${name} and ${variable} are both set; keep one of them.`
      : content === undefined
        ? `${variable} names a file that cannot be read; check the path and its permissions.`
        : content.trim() === ''
          ? `${variable} names an empty file; write the value of ${name} into it.`
          : undefined
  if (problem !== undefined) report.problems.push(problem)
  return { text: problem === undefined ? content : undefined, variable, path }
}

/** Looks up a name and its aliases, which must agree. */
export function lookupAny(env: Env, names: readonly string[], report: Report): Given | undefined {
  const found = names.flatMap((name) => lookup(env, name, report) ?? [])
  if (new Set(found.flatMap(({ text }) => text?.trim() ?? [])).size > 1) {
    const variables = found.map(({ variable }) => variable).join(' and ')
    report.problems.push(`${variables} are set to different values; they mean the same, so keep one of them.`)
  }
  return found[0]
}

function filled(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text
}
