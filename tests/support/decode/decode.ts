/** Records read with Apache Avro for Java: a decoder that shares nothing with the one the daemon encodes with. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { installJars } from '../../../scripts/stack/install.ts'
import { findJava } from '../../../scripts/stack/java.ts'
import { stack } from '../stack.ts'

const AVRO = { version: '1.12.1', log: '2.0.17' }
const PROGRAM = new URL('Decode.java', import.meta.url).pathname
const HEADER_BYTES = 5

/** A value as Kafka has it: byte 0, schema id, Avro binary. */
export interface Encoded {
  readonly value: Buffer | null
}

/** What a value says: the id in its header, and its content as plain JSON; `text` is the same with every digit of every number. */
export interface Decoded {
  readonly schemaId: number
  readonly text: string
  readonly content: Readonly<Record<string, unknown>>
}

/**
 * Decodes `records` in order, in one JVM (about 2 s), with the schemas that the registry has for the ids in their headers.
 * Throws when a header is not five bytes of the wire format, or when Avro for Java cannot read a value to its very end.
 */
export async function decode(records: readonly Encoded[], registryUrl = stack().registryUrl): Promise<Decoded[]> {
  if (records.length === 0) return []
  const split = records.map(({ value }) => splitHeader(value))
  const ids = [...new Set(split.map(({ schemaId }) => schemaId))]
  const schemas = await Promise.all(
    ids.map(async (id) => ['schema', id, ...(await schemaTexts(registryUrl, id)).map(base64)]),
  )
  const lines = split.map(({ schemaId, body }) => ['record', schemaId, body.toString('base64')])
  const answers = await runAvro(PROGRAM, [...schemas, ...lines])
  if (answers.length !== records.length) throw new Error(`${answers.length} answers for ${records.length} records`)
  return split.map(({ schemaId }, i) => ({ schemaId, text: answers[i] ?? '', content: JSON.parse(answers[i] ?? '') }))
}

function splitHeader(value: Buffer | null): { schemaId: number; body: Buffer } {
  if (!value || value.length < HEADER_BYTES || value[0] !== 0) throw new Error('a value without the five-byte header')
  return { schemaId: value.readUInt32BE(1), body: value.subarray(HEADER_BYTES) }
}

/** Runs a program of one file with Apache Avro for Java, and resolves to the lines it prints. `lines`: what it reads, in words. */
export async function runAvro(program: string, lines: readonly (readonly unknown[])[]): Promise<string[]> {
  const java = await findJava()
  const classpath = await installJars(`avro-${AVRO.version}`, `Fetching Apache Avro ${AVRO.version} for Java`, [
    { group: 'org.apache.avro', artifact: 'avro', version: AVRO.version },
    { group: 'org.slf4j', artifact: 'slf4j-nop', version: AVRO.log },
  ])
  const child = spawn(java, ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', classpath, program])
  child.stdin.on('error', () => {})
  child.stdin.end(lines.map((words) => `${words.join(' ')}\n`).join(''))
  const [out, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (code !== 0) throw new Error(`Avro for Java ended with ${code}: ${complaint.slice(0, 1_000)}`)
  return out.split('\n').slice(0, -1)
}

interface Entry {
  readonly schema: string
  readonly references?: readonly { readonly subject: string; readonly version: number }[]
}

/** The texts of a schema, those it refers to first. */
async function schemaTexts(registryUrl: string, id: number): Promise<string[]> {
  const seen = new Set<string>()
  const resolve = async ({ schema, references = [] }: Entry): Promise<string[]> => {
    const texts: string[] = []
    for (const { subject, version } of references) {
      const path = `subjects/${encodeURIComponent(subject)}/versions/${version}`
      if (seen.has(path)) continue
      seen.add(path)
      texts.push(...(await resolve(await ask<Entry>(registryUrl, path))))
    }
    return [...texts, schema]
  }
  return resolve(await ask<Entry>(registryUrl, `schemas/ids/${id}`))
}

async function ask<T>(registryUrl: string, path: string): Promise<T> {
  const response = await fetch(`${registryUrl}/${path}`, { signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Error(`the registry answered ${response.status} to ${path}`)
  return (await response.json()) as T
}

function base64(content: string): string {
  return Buffer.from(content).toString('base64')
}
