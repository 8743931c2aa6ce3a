/** Fetches Kafka and the registry once, through Maven, into the cache folder. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { EXIT, Failure } from '../lib/failure.ts'
import { progress } from '../lib/progress.ts'
import { CLUSTER_ID, cacheFolder, DEPENDENCY_PLUGIN, KAFKA, REGISTRY } from './cache.ts'
import { findTools } from './java.ts'
import { withLock } from './lock.ts'

/** Where Kafka's jars are, and the metadata of a freshly formatted cluster. */
export interface KafkaFiles {
  readonly classpath: string
  readonly bootstrapCheckpoint: string
}

const KAFKA_JARS: readonly Artifact[] = [
  { group: 'org.apache.kafka', artifact: `kafka_${KAFKA.scala}`, version: KAFKA.version },
  { group: 'org.apache.logging.log4j', artifact: 'log4j-slf4j-impl', version: KAFKA.log4j },
]

/** Kafka's files, fetched first if need be. Throws `Failure` when Java or Maven is missing or the download fails. */
export async function installKafka(): Promise<KafkaFiles> {
  const home = await installed(
    `kafka-${KAFKA.version}`,
    `Fetching Apache Kafka ${KAFKA.version}`,
    async (folder, run, tools) => {
      if (!(await isTaken(`kafka-${KAFKA.version}.fetched`, join(folder, 'libs'))))
        await copyJars(KAFKA_JARS, folder, run, tools.maven)
      await formatTemplate(folder, tools.java, run)
    },
  )
  return { classpath: join(home, 'libs', '*'), bootstrapCheckpoint: join(home, 'template', 'bootstrap.checkpoint') }
}

/** The registry's runnable jar, fetched first if need be. Throws `Failure` as `installKafka` does. */
export async function installRegistry(): Promise<string> {
  const label = `Fetching Apicurio Registry ${REGISTRY.version}, 140 MB`
  const home = await installed(`apicurio-registry-${REGISTRY.version}`, label, async (folder, run, tools) => {
    const artifact = `io.apicurio:apicurio-registry-app:${REGISTRY.version}:tar.gz:all`
    const name = `apicurio-registry-app-${REGISTRY.version}-all.tar.gz`
    const archive = join(folder, name)
    const options = [`-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`]
    if (!(await isTaken(name, archive))) await run(tools.maven, ['-B', `${DEPENDENCY_PLUGIN}:copy`, ...options])
    await run('tar', ['-xzf', archive, '-C', folder])
    await rm(archive)
  })
  return join(home, readdirSync(home).find((name) => name.endsWith('-runner.jar')) ?? 'runner.jar')
}

/** Moves what prefetch.cjs has left under `name` in the cache to `path`; answers whether it was there. */
function isTaken(name: string, path: string): Promise<boolean> {
  return rename(join(cacheFolder(), name), path).then(
    () => true,
    () => false,
  )
}

/** A jar that Maven knows. */
export interface Artifact {
  readonly group: string
  readonly artifact: string
  readonly version: string
}

/** The Java class path of `artifacts` and all they need at run time, fetched into the cache as `name` first if need be. Throws `Failure` as `installKafka` does. */
export async function installJars(name: string, label: string, artifacts: readonly Artifact[]): Promise<string> {
  const home = await installed(name, label, (folder, run, tools) => copyJars(artifacts, folder, run, tools.maven))
  return join(home, 'libs', '*')
}

type Run = (command: string, args: readonly string[]) => Promise<void>
type Fill = (folder: string, run: Run, tools: { readonly java: string; readonly maven: string }) => Promise<void>

/** Makes `name` in the cache with `fill`, whole or not at all: it is filled under another name first. */
async function installed(name: string, label: string, fill: Fill): Promise<string> {
  const cache = cacheFolder()
  const home = join(cache, name)
  if (existsSync(home)) return home
  const shown = progress(label)
  const make = async (): Promise<void> => {
    if (existsSync(home)) return
    const tools = await findTools()
    const folder = await mkdtemp(join(cache, `${name}.partial-`))
    const abandon = (): void => rmSync(folder, { recursive: true, force: true })
    process.once('exit', abandon)
    try {
      await fill(folder, (command, args) => runShowing(command, args, shown.update), tools)
      await rename(folder, home)
    } finally {
      process.off('exit', abandon)
      await rm(folder, { recursive: true, force: true })
    }
  }
  try {
    await withLock(`${home}.lock`, make, (pid) => shown.update(`process ${pid} is at it`))
    shown.done(`kept in ${relative('.', home) || home}`)
  } catch (error) {
    shown.clear()
    throw error
  }
  return home
}

/** Runs a command and hands each file that Maven fetches to `show`. Rejects with the last lines of a failed command. */
async function runShowing(command: string, args: readonly string[], show: (detail: string) => void): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): void => void child.kill('SIGKILL')
  // Before the folder that it writes into is removed.
  process.prependOnceListener('exit', kill)
  const tail: string[] = []
  let files = 0
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      if (line.startsWith('Downloaded from ')) show(`${++files} files`)
      else if (/ERROR|Exception|tar:/.test(line)) tail.push(line.replace(/^\[ERROR\]\s*/, ''))
    })
  }
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  process.off('exit', kill)
  if (code === 0) return
  throw new Failure(`${command} ended with ${code}: ${tail.slice(0, 2).join(' ').slice(0, 250)}`, {
    cure: 'Check the connection to Maven Central (or the mirror in ~/.m2/settings.xml), then run the same command again.',
    code: EXIT.unavailable,
  })
}

/** Formatting takes a JVM of its own: done once here, and every broker starts from a copy of its outcome. */
async function formatTemplate(folder: string, java: string, run: Run): Promise<void> {
  const properties = join(folder, 'format.properties')
  const template = join(folder, 'template')
  await mkdir(template)
  await writeFile(
    properties,
    [
      'process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:1\ncontroller.listener.names=CONTROLLER',
      'listeners=PLAINTEXT://127.0.0.1:2,CONTROLLER://127.0.0.1:1',
      `listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT\nlog.dirs=${template}\n`,
    ].join('\n'),
  )
  const tool = [
    '-cp',
    join(folder, 'libs', '*'),
    'kafka.tools.StorageTool',
    'format',
    '-c',
    properties,
    '-t',
    CLUSTER_ID,
  ]
  await run(java, ['-XX:TieredStopAtLevel=1', ...tool])
}

/** Copies the jars into `libs` of `folder`. */
async function copyJars(artifacts: readonly Artifact[], folder: string, run: Run, maven: string): Promise<void> {
  await writeFile(join(folder, 'pom.xml'), pom(artifacts))
  await run(maven, [
    ...['-B', '-f', join(folder, 'pom.xml'), `${DEPENDENCY_PLUGIN}:copy-dependencies`],
    ...['-DincludeScope=runtime', `-DoutputDirectory=${join(folder, 'libs')}`],
  ])
}

function pom(artifacts: readonly Artifact[]): string {
  const dependency = ({ group, artifact, version }: Artifact): string =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>',
    '<groupId>tributary</groupId><artifactId>stack</artifactId><version>1</version><dependencies>',
    ...artifacts.map(dependency),
    '</dependencies></project>',
  ].join('\n')
}
