/** Java and Maven: found, old enough, or named with how to get them. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EXIT, Failure } from '../lib/failure.ts'

const run = promisify(execFile)
const MIN_JAVA = 17
const GET_JAVA =
  'Install a Java 17 runtime or newer: `apt install openjdk-17-jre-headless`, `dnf install java-17-openjdk-headless`, `brew install openjdk@17`;\nor set JAVA_HOME to one that is there.'
const GET_MAVEN = 'Install Maven 3.6 or newer: `apt install maven`, `dnf install maven`, `brew install maven`.'

/** The `java` to run: of JAVA_HOME if that is set, else of the PATH. Throws `Failure` when it is missing or older than 17. */
export async function findJava(): Promise<string> {
  const home = process.env.JAVA_HOME
  const java = home ? join(home, 'bin', 'java') : 'java'
  const answer = await run(java, ['-version']).catch((error: unknown) => {
    const where = home ? `in JAVA_HOME (${home})` : 'in the PATH'
    throw new Failure(`no working java ${where}`, { cure: GET_JAVA, code: EXIT.unavailable, cause: missing(error) })
  })
  const version = /version "(?:1\.)?(\d+)/.exec(answer.stderr)?.[1]
  if (Number(version) >= MIN_JAVA) return java
  throw new Failure(`${java} is Java ${version ?? 'of an unknown version'}; Kafka 4 needs ${MIN_JAVA}`, {
    cure: GET_JAVA,
    code: EXIT.unavailable,
  })
}

/** The `mvn` to run. Throws `Failure` when it is missing. */
async function findMaven(): Promise<string> {
  await run('mvn', ['--version']).catch((error: unknown) => {
    throw new Failure('no working mvn (Maven) in the PATH', {
      cure: GET_MAVEN,
      code: EXIT.unavailable,
      cause: missing(error),
    })
  })
  return 'mvn'
}

/** Both, for fetching. Throws one `Failure` that names everything missing, so that nobody is sent twice. */
export async function findTools(): Promise<{ java: string; maven: string }> {
  const [java, maven] = await Promise.allSettled([findJava(), findMaven()])
  if (java.status === 'fulfilled' && maven.status === 'fulfilled') return { java: java.value, maven: maven.value }
  const failures = [java, maven].flatMap((one) => (one.status === 'rejected' ? [one.reason as Failure] : []))
  throw new Failure(failures.map((failure) => failure.message).join('; '), {
    cure: failures.map((failure) => failure.cure).join('\n'),
    code: EXIT.unavailable,
  })
}

/** ENOENT says nothing that the sentence does not say better. */
function missing(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : error
}
