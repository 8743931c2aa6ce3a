/** Node's process warnings that a library of ours causes, harmlessly, and that would puzzle whoever reads them. */

const dropped = new Set<string>()

/** From now on warnings called `name` are not printed; all others are. Takes effect once, however often it is called. */
export function dropWarning(name: string): void {
  if (dropped.size === 0) {
    const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void
    process.emitWarning = ((...args: unknown[]) => {
      if (!dropped.has(String(args[1]))) emitWarning(...args)
    }) as typeof process.emitWarning
  }
  dropped.add(name)
}
