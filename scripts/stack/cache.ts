/** What the stack is made of, and the folder its files are kept in. */
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const { kafka, scala, log4j, registry, dependencyPlugin } = JSON.parse(
  readFileSync(new URL('./versions.json', import.meta.url), 'utf8'),
) as Readonly<Record<'kafka' | 'scala' | 'log4j' | 'registry' | 'dependencyPlugin', string>>

export const KAFKA = { version: kafka, scala, log4j }
export const REGISTRY = { version: registry }
export const DEPENDENCY_PLUGIN = dependencyPlugin

/** Every broker of ours says it belongs to this cluster; they never meet, so one id will do. */
export const CLUSTER_ID = 'dHJpYnV0YXJ5LXN0YWNrMQ'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** The absolute path of the cache folder (`TRIBUTARY_CACHE`, or `.cache` in the repository), made if it is missing. */
export function cacheFolder(): string {
  const folder = resolve(process.env.TRIBUTARY_CACHE || join(root, '.cache'))
  mkdirSync(folder, { recursive: true })
  return folder
}
