/** Waiting for a condition, never for time. */

/** Polls `condition` every `everyMs` (5) until it holds; throws with `what` after `timeoutMs` (20 s). */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs = 20_000, everyMs = 5, what }: { timeoutMs?: number; everyMs?: number; what: string },
): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
