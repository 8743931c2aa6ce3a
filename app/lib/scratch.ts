/** Memory that is used again and again. */

/** More than this is given back after use. */
const KEPT_BYTES = 2 * 1024 * 1024

/** Answers memory of at least so many bytes, the same each time as far as it suffices: what was in it is gone with the next call. */
export function scratch(): (bytes: number) => Buffer {
  let kept = Buffer.alloc(0)
  return (bytes) => {
    if (bytes <= kept.length) return kept
    const grown = Buffer.allocUnsafeSlow(bytes)
    if (bytes <= KEPT_BYTES) kept = grown
    return grown
  }
}
