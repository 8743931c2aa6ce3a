/** What the stack is made of, and the folder its files are kept in. */
import { mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const KAFKA = { version: '4.1.1', scala: '2.13', log4j: '2.24.3' } as const
export const REGISTRY = { version: '2.6.13.Final' } as const
export const DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1'

/** Every broker of ours says it belongs to this cluster; they never meet, so one id will do. */
export const CLUSTER_ID = 'dHJpYnV0YXJ5LXN0YWNrMQ'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** The absolute path of the cache folder (`TRIBUTARY_CACHE`, or `.cache` in the repository), made if it is missing. */
export function cacheFolder(): string {
  const folder = resolve(process.env.TRIBUTARY_CACHE || join(root, '.cache'))
  mkdirSync(folder, { recursive: true })
  return folder
}
