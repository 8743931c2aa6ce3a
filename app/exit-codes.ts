/** How a command ended (sysexits.h where it has a code). */
export const exitCodes = { ok: 0, undelivered: 1, unavailable: 69, configuration: 78 } as const
