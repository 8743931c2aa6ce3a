/** `${VARIABLE}` in the texts of a file. */
import type { Env } from '../layers.ts'

/** A name as shells take it. `$${` stands for `${`. */
const PATTERN = /\$(\$\{)|\$\{([^}]*)(\}?)/g
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

const OPEN = '${'

/** A text with values of the environment put in, or what is wrong with it, as a predicate without content. */
export type Substituted = { readonly text: string; readonly isChanged: boolean } | { readonly predicate: string }

/** The variable of a text that is nothing else. */
export function onlyVariable(text: string): string | undefined {
  const [, name = ''] = /^\$\{([^}]*)\}$/.exec(text) ?? []
  return NAME.test(name) ? name : undefined
}

export function substitute(text: string, env: Env): Substituted {
  let predicate: string | undefined
  const changed = text.replace(PATTERN, (_whole, escaped: string | undefined, name: string, end: string) => {
    if (escaped !== undefined) return escaped
    const value = end === '' || !NAME.test(name) ? undefined : env[name]
    if (value !== undefined && value.trim() !== '') return value
    predicate ??=
      end !== '' && NAME.test(name)
        ? `names \${${name}}, which is not set`
        : `has a ${OPEN} without the name of a variable and a }; write $${OPEN} where it is meant as it stands`
    return ''
  })
  return predicate === undefined ? { text: changed, isChanged: changed !== text } : { predicate }
}
