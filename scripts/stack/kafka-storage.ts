/** A broker's folder before its first start. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CLUSTER_ID } from './cache.ts'
import type { KafkaFiles } from './install.ts'

const LOG4J = `Configuration:
  Appenders:
    Console: {name: STDOUT, PatternLayout: {pattern: "%d %p %m (%c)%n"}}
  Loggers:
    Root: {level: INFO, AppenderRef: [{ref: STDOUT}]}
`

/** Makes `home` ready for node `nodeId`; a data folder that is formatted already stays as it is. */
export async function prepareStorage(home: string, dataDir: string, nodeId: number, files: KafkaFiles): Promise<void> {
  await mkdir(dataDir, { recursive: true })
  await writeFile(join(home, 'log4j2.yaml'), LOG4J)
  const meta = join(dataDir, 'meta.properties')
  if (existsSync(meta)) return
  await copyFile(files.bootstrapCheckpoint, join(dataDir, 'bootstrap.checkpoint'))
  const directoryId = randomBytes(16).toString('base64url')
  await writeFile(meta, `version=1\nnode.id=${nodeId}\ncluster.id=${CLUSTER_ID}\ndirectory.id=${directoryId}\n`)
}

/** Formats anew with Kafka's own tool, which alone can put SCRAM users there before the first start (1 to 2 s). */
export async function formatWithUsers(
  java: string,
  files: KafkaFiles,
  propertiesFile: string,
  dataDir: string,
  scram: readonly string[],
): Promise<void> {
  await rm(dataDir, { recursive: true, force: true })
  await mkdir(dataDir)
  const tool = ['-XX:TieredStopAtLevel=1', '-cp', files.classpath, 'kafka.tools.StorageTool', 'format']
  const users = scram.flatMap((user) => ['--add-scram', user])
  await promisify(execFile)(java, [...tool, '-c', propertiesFile, '-t', CLUSTER_ID, ...users])
}
