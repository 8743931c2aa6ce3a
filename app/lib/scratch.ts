/** Reusable memory. */

/** Larger buffers are not kept. */
const KEPT_BYTES = 2 * 1024 * 1024

/** Returns a function that returns a buffer of at least `bytes` bytes, reused by the next call. */
export function scratch(): (bytes: number) => Buffer {
  let kept = Buffer.alloc(0)
  return (bytes) => {
    if (bytes <= kept.length) return kept
    const grown = Buffer.allocUnsafeSlow(bytes)
    if (bytes <= KEPT_BYTES) kept = grown
    return grown
  }
}
