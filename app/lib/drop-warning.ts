/** Suppresses harmless Node warnings that a library causes. */

const dropped = new Set<string>()

/** Stops printing warnings called `name`. Idempotent. */
export function dropWarning(name: string): void {
  if (dropped.size === 0) {
    const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void
    process.emitWarning = ((...args: unknown[]) => {
      if (!dropped.has(String(args[1]))) emitWarning(...args)
    }) as typeof process.emitWarning
  }
  dropped.add(name)
}
