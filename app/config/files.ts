/** Files that hold settings. */
import { readFileSync } from 'node:fs'

/** The text of a file without a byte order mark and without line ends at its end; undefined when it cannot be read. Waits for the disk. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
      .replace(/^\uFEFF/, '')
      .replace(/[\r\n]+$/, '')
  } catch {
    return undefined
  }
}
