/** A file that is asked for often and changes seldom. */
import { stat } from 'node:fs/promises'
import { readSettingFile } from './setting-file.ts'

/** A file may change twice within one tick of its file system's clock; the coarsest has two seconds. */
const TICK_NS = 2_000_000_000n
const NS_PER_MS = 1_000_000n

/**
 * Answers what `parse` makes of the text of the file as it is now: it is looked at each time, and read when it is not the
 * one that was read. Those who ask at the same time share one look. The answer throws Node's error, `UnfitFile`, or what `parse` throws.
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

/** Differs for each content; undefined for a file that was changed just now, because the next change may look the same. */
async function stampOf(path: string): Promise<string | undefined> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  const isOld = BigInt(Date.now()) * NS_PER_MS - ctimeNs > TICK_NS
  return isOld ? `${ino} ${size} ${mtimeNs} ${ctimeNs}` : undefined
}
