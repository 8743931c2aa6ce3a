/** Files that hold settings. */
import { errorCode } from '../lib/error-code.ts'
import { readSettingFileSync, UnfitFile } from '../lib/setting-file.ts'

/** What is wrong with a file, as a predicate: "names …". */
export interface Unreadable {
  readonly predicate: string
  readonly cure: string
}

/** The text of a file without a byte order mark and without line ends at its end, or why it cannot be read. Waits for the disk. */
export function readText(path: string): string | Unreadable {
  try {
    return readSettingFileSync(path).replace(/[\r\n]+$/, '')
  } catch (error) {
    if (error instanceof UnfitFile) return { predicate: `names ${error.message}`, cure: 'name a file with the value' }
    return {
      predicate: `names a file that cannot be read (${errorCode(error)})`,
      cure: 'check the path and its permissions',
    }
  }
}
