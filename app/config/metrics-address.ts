/** Where the daemon listens, for whoever asks it from outside: nothing else of the configuration is looked at. */
import { readFile, type Sources } from './file/index.ts'
import { environment, type Layer } from './layers.ts'
import { lookup } from './lookup.ts'
import { Report } from './report.ts'
import { daemonSettings } from './tables/daemon.ts'

/** METRICS_HOST and METRICS_PORT, as they are configured or by default. Never throws: with a file that is wrong, as if there were none. */
export function metricsAddress(sources: Sources): { readonly host: string; readonly port: string } {
  const { METRICS_HOST, METRICS_PORT } = daemonSettings
  const report = new Report()
  const file = readFile(sources, { house: { METRICS_HOST, METRICS_PORT }, feed: {} }, report)
  const layers: readonly Layer[] = [environment(sources.env, new Map()), ...(typeof file === 'object' ? [file] : [])]
  const textOf = (setting: string): string | undefined => lookup(layers, setting, report)?.text?.trim()
  return {
    host: textOf('METRICS_HOST') ?? METRICS_HOST.default,
    port: textOf('METRICS_PORT') ?? METRICS_PORT.default,
  }
}
