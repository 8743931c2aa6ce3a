/** The configuration file: where it is, and what it says. */
import { statSync } from 'node:fs'
import { errorCode } from '../../lib/error-code.ts'
import { printable } from '../../lib/printable.ts'
import { readText } from '../../settings/files.ts'
import type { Settings } from '../../settings/setting.ts'
import type { Env } from '../layers.ts'
import type { Report } from '../report.ts'
import { parseYaml } from './document.ts'
import { type FileLayer, fileLayer } from './layer.ts'

const LONGEST_SHOWN_BYTES = 300
const RESTORE = 'put the configuration back, or restart the daemon to run without it'

/** What is read, in this order: the environment wins. */
export interface Sources {
  readonly env: Env
  /** A file that is read where it is there and the environment names none. */
  readonly usualFile?: string | undefined
  /** A file is in force: one that is gone or empty is a mistake, or about to be written. */
  readonly isFileInForce?: boolean | undefined
}

export { USUAL_FILE } from '../tables/source.ts'

/** The file as a layer; undefined where there is none. Where it cannot be read as a whole, the report says why. Waits for the disk. */
export function readFile(
  { env, usualFile, isFileInForce = false }: Sources,
  tables: { readonly house: Settings; readonly feed: Settings },
  report: Report,
): FileLayer | 'unreadable' | undefined {
  const named = env.TRIBUTARY_CONFIG?.trim() || undefined
  const path = named ?? usualFile
  if (path === undefined) return undefined
  report.files.add(path)
  const shown = printable(path, LONGEST_SHOWN_BYTES)
  if (named === undefined && isAbsent(path)) {
    if (!isFileInForce) return undefined
    report.wrong('TRIBUTARY_CONFIG', `The configuration was in ${shown}, which is gone`, RESTORE)
    return 'unreadable'
  }
  const content = readText(path)
  if (typeof content !== 'string') {
    const subject = named === undefined ? `The configuration is in ${shown}, which` : 'TRIBUTARY_CONFIG'
    report.wrong('TRIBUTARY_CONFIG', `${subject} ${content.predicate}`, content.cure)
    return 'unreadable'
  }
  const root = parseYaml(content)
  if (isFileInForce && 'kind' in root && root.kind === 'nothing') {
    report.wrong('TRIBUTARY_CONFIG', `${shown} is empty`, RESTORE)
    return 'unreadable'
  }
  if ('kind' in root) return fileLayer(root, tables, { path: shown, env, report })
  for (const { at, predicate } of root) {
    report.wrong('TRIBUTARY_CONFIG', `${shown}:${at.line}:${at.column} ${predicate}`)
  }
  return 'unreadable'
}

/** Whether there is no such file. A file that cannot be examined may well be there. */
function isAbsent(path: string): boolean {
  try {
    statSync(path)
    return false
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(errorCode(error))
  }
}
