/** Cures for unavailable subjects, by reason. */
import { Unavailable, type UnavailableReason } from '../errors.ts'
import { type GivenNames, settingName } from '../lib/setting-names.ts'

interface RegistryCure {
  readonly setting: string | undefined
  readonly cure: string
}

/** `named`: the setting that names the schema, if a feed asks. */
type CureFor = (subject: string, names: GivenNames | undefined, named: string | undefined) => RegistryCure

const url = (names: GivenNames | undefined): string => settingName(names, 'SCHEMA_REGISTRY_URL')

const registryUnreachable: CureFor = (_subject, names) => ({
  setting: url(names),
  cure: `check ${url(names)}, that the registry runs and can be reached from here`,
})

const REGISTRY_CURES: Partial<Record<UnavailableReason, CureFor>> = {
  connect: registryUnreachable,
  timeout: registryUnreachable,
  authentication: (_subject, names) => {
    const [user, token] = ['BASIC_AUTH_USER_INFO', 'BEARER_TOKEN'].map((one) =>
      settingName(names, `SCHEMA_REGISTRY_${one}`),
    )
    return { setting: user, cure: `check ${user} or ${token}` }
  },
  authorization: (subject) => ({ setting: undefined, cure: `let these credentials read the subject ${subject}` }),
  no_subject: (subject, names, named) => {
    const file = `${subject.replace(/-value$/, '')}.avsc`
    const register = `npm run initialise -- --dir FOLDER registers FOLDER/${file}, or POST it to /subjects/${subject}/versions`
    return {
      setting: named,
      cure: `register the schema (${register}), or correct ${named ?? 'its name'} or ${url(names)}`,
    }
  },
  response: (_subject, names) => ({
    setting: url(names),
    cure: `check that ${url(names)} is the base of a Confluent-compatible API, which may have a path such as /apis/ccompat/v7`,
  }),
  bad_schema: () => ({ setting: undefined, cure: 'register a version that is valid Avro and a record or a map' }),
}

/** Adds the cure for `subject` to an error without one. Returns other errors unchanged. */
export function withRegistryCure(
  error: unknown,
  subject: string,
  names: GivenNames | undefined,
  named?: string,
): unknown {
  if (!(error instanceof Unavailable) || (error.cure !== undefined && error.reason !== 'no_subject')) return error
  const found = REGISTRY_CURES[error.reason]?.(subject, names, named)
  return found ? new Unavailable(error.reason, error.problem, { ...found, cause: error.cause }) : error
}
