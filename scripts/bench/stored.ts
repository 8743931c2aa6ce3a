/** How much of the broker's disk a topic takes. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes of all segments of `topic`, whose partitions have a folder each in `dataDir`. */
export function storedBytes(dataDir: string, topic: string): number {
  const folders = readdirSync(dataDir).filter((name) => name.startsWith(`${topic}-`))
  const segments = folders.flatMap((folder) =>
    readdirSync(join(dataDir, folder))
      .filter((name) => name.endsWith('.log'))
      .map((name) => join(dataDir, folder, name)),
  )
  return segments.reduce((sum, path) => sum + statSync(path).size, 0)
}
