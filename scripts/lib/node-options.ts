/** How the image starts Node, and the bench the daemon. */

/**
 * Its memory for young objects grows no further than this (16 MiB, three times): as fast, and about a quarter less memory,
 * under a flood and with ten thousand open sockets, than with the 32 MiB that Node takes on a large machine.
 */
export const nodeOptions = ['--max-semi-space-size=16'] as const
