/** Small pieces of Markdown. */

/** A code span. */
export function code(text: string): string {
  return `\`${text}\``
}

/** A table; bars in cells are escaped, and `<` outside of code spans. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |\n`
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('')
}

function cell(text: string): string {
  const parts = text.replaceAll('|', '\\|').split('`')
  return parts.map((part, at) => (at % 2 === 0 ? part.replaceAll('<', '&lt;') : part)).join('`')
}
