/** A cached file that is read again after a change. */
import { stat } from 'node:fs/promises'
import { readSettingFile } from './setting-file.ts'

/** A file may change twice within one tick of its file system's clock; the coarsest has two seconds. */
const TICK_NS = 2_000_000_000n
const NS_PER_MS = 1_000_000n

/**
 * Returns a function that returns the parsed content of the file. Each call checks the file, and reads it after a change.
 * Concurrent calls share one check. The function rejects with Node's error, `UnfitFile`, or an error of `parse`.
 */
export function freshFile<T>(path: string, parse: (text: string) => T): () => Promise<T> {
  let known: { readonly stamp: string; readonly value: T } | undefined
  let looking: Promise<T> | undefined
  const look = async (): Promise<T> => {
    const stamp = await stampOf(path)
    if (known && known.stamp === stamp) return known.value
    const value = parse(await readSettingFile(path))
    known = stamp === undefined ? undefined : { stamp, value }
    return value
  }
  return () => {
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }
}

/** A stamp of the content; undefined just after a change, because a second change may have the same stamp. */
async function stampOf(path: string): Promise<string | undefined> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  const isOld = BigInt(Date.now()) * NS_PER_MS - ctimeNs > TICK_NS
  return isOld ? `${ino} ${size} ${mtimeNs} ${ctimeNs}` : undefined
}
