/** The reason of an abort that is no failure. */

/**
 * Pass it to `AbortController.abort`. Without a reason Node makes an error for each abort, and the stack of that error keeps alive
 * whatever its callers hold, for as long as the signal.
 */
export const STOPPED: Error = new Error('stopped')
