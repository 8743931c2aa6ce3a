/** The codes that Node puts on its errors. */

/** `error.code` when it is a text such as `ECONNREFUSED`, else the empty text. Never throws. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}
