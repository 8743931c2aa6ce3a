/** The schemas of a folder, in the order in which a registry can take them. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, EXIT, Failure } from '../lib/failure.ts'

/** A schema that another refers to. Without a version: the one this run registers, or else the latest. */
export interface Reference {
  readonly name: string
  readonly subject: string
  readonly version?: number
}

/** One `<name>.avsc`, and what its `<name>.references.json` lists. */
export interface SchemaFile {
  /** The file's name without its ending: the topic, and the stem of the subject. */
  readonly name: string
  readonly subject: string
  /** JSON without white space, so that a reformatted file is the same schema. */
  readonly schema: string
  readonly references: readonly Reference[]
}

/** Reads every `.avsc` of `folder`; a schema comes after those it refers to. Throws `Failure` naming the file that is wrong. */
export async function readSchemaFiles(folder: string): Promise<SchemaFile[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new Failure(`the folder ${folder} cannot be read`, {
      cure: 'Name it with --dir.',
      code: EXIT.configuration,
      cause,
    })
  })
  const schemas = names.filter((name) => name.endsWith('.avsc')).sort()
  if (schemas.length === 0) {
    throw new Failure(`${folder} holds no .avsc file`, {
      cure: 'Name a folder of Avro schemas with --dir.',
      code: EXIT.configuration,
    })
  }
  return inOrder(await Promise.all(schemas.map((file) => readSchema(folder, file, names))))
}

async function readSchema(folder: string, file: string, names: readonly string[]): Promise<SchemaFile> {
  const name = file.slice(0, -'.avsc'.length)
  const references = `${name}.references.json`
  return {
    name,
    subject: `${name}-value`,
    schema: JSON.stringify(await readJson(join(folder, file))),
    references: names.includes(references) ? asReferences(await readJson(join(folder, references)), references) : [],
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new Failure(`${path} is not JSON: ${describe(error)}`, {
      cure: 'Correct the file.',
      code: EXIT.configuration,
    })
  }
}

function asReferences(value: unknown, file: string): Reference[] {
  const isReference = (one: unknown): one is Reference => {
    const { name, subject, version } = (one ?? {}) as Record<string, unknown>
    return (
      typeof name === 'string' && typeof subject === 'string' && (version === undefined || Number.isInteger(version))
    )
  }
  if (Array.isArray(value) && value.every(isReference)) return value
  throw new Failure(`${file} is not a list of references`, {
    cure: 'Write an array of {"name": full name of the type, "subject": its subject, "version": a number or nothing}.',
    code: EXIT.configuration,
  })
}

/** Depth first; a subject that is not of this folder must be in the registry already. */
function inOrder(files: readonly SchemaFile[]): SchemaFile[] {
  const bySubject = new Map(files.map((file) => [file.subject, file]))
  const ordered = new Set<SchemaFile>()
  const visit = (file: SchemaFile, path: readonly string[]): void => {
    if (ordered.has(file)) return
    if (path.includes(file.subject)) {
      const circle = [...path, file.subject].join(' → ')
      throw new Failure(`schemas refer to each other in a circle: ${circle}`, {
        cure: 'Break the circle in one of the .references.json files.',
        code: EXIT.configuration,
      })
    }
    for (const { subject } of file.references) {
      const referred = bySubject.get(subject)
      if (referred) visit(referred, [...path, file.subject])
    }
    ordered.add(file)
  }
  for (const file of files) visit(file, [])
  return [...ordered]
}
