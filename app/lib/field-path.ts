/** Paths of field names in text: names between dots; a backslash makes the next character part of a name. */

/** The names of a path; undefined where one is empty or a backslash stands at the end. `a\.b.c` is `a.b` and then `c`. */
export function fieldPath(text: string): string[] | undefined {
  const names = ['']
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '.') names.push('')
    else if (char !== '\\') names[names.length - 1] += char
    else if (++at < text.length) names[names.length - 1] += text.charAt(at)
    else return undefined
  }
  return names.every((name) => name !== '') ? names : undefined
}
