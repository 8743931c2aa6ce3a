/** A lane of version 0.1 is converted once, by a process of its own. */
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Unusable } from '../../errors.ts'
import { aside, Silent } from './aside.ts'
import { isOld, OLD_FILE, setMark } from './mark.ts'
import { inspect } from './opened.ts'
import { STATE } from './state.ts'

/** A disk that yields nothing for so long is not waited for, in milliseconds. */
const QUIET_MS = 30_000
/** Is there while it goes on, so that what is cut short is made anew. */
const UNDER_WAY = 'converting'

/** Converts the lane of version 0.1 in `folder`, where there is one. Throws `Unusable` where it cannot be read, what the disk says, and the reason of `signal`. */
export async function convertOld(folder: string, signal: AbortSignal | undefined): Promise<void> {
  if (!(await isOld(folder))) return rm(join(folder, UNDER_WAY), { force: true })
  const names = await readdir(folder)
  const isAnew = names.includes(UNDER_WAY) || !names.includes(STATE)
  if (!isAnew && (await inspect(folder, { signal })).messages > 0)
    throw new Unusable(`it holds two lanes, one of them in ${OLD_FILE}, of version 0.1; move one elsewhere`)
  await writeFile(join(folder, UNDER_WAY), '', { flush: true })
  for (const name of names) if (name.endsWith('.segment')) await rm(join(folder, name))
  const ended = await aside<{ problem?: string }>('convert', [folder], { quietMs: QUIET_MS, signal }).catch(
    (error: unknown) => {
      if (error instanceof Silent) throw new Unusable(`nothing could be read of it for ${QUIET_MS / 1_000} s`)
      throw error
    },
  )
  const { answer, code, signal: killed } = ended
  if (!answer) throw new Unusable(`it is damaged: its reader ended with ${killed ?? code}`)
  if (answer.problem !== undefined) throw new Unusable(answer.problem)
  await setMark(folder)
  for (const name of [UNDER_WAY, 'lock.mdb', 'passed']) await rm(join(folder, name), { force: true })
}
