/** Sets fields to constants or to metadata of the message: SET. */
import type { Document, Message } from '../model.ts'
import type { FieldSetting, Variable } from '../settings/formats/shapes.ts'

/** Returns a function that sets fields, replacing existing fields. `receivedAt` returns the receive time of a message in milliseconds since the epoch. */
export function setter(
  settings: readonly FieldSetting[],
  receivedAt: (message: Message) => number,
): (document: Document, message: Message) => Document {
  return (document, message) => {
    const more = settings.map(({ name, value, variable }): [string, unknown] => [
      name,
      variable === undefined ? value : meaningOf(variable, message, receivedAt),
    ])
    return { ...document, ...Object.fromEntries(more) }
  }
}

function meaningOf(variable: Variable, message: Message, receivedAt: (message: Message) => number): unknown {
  switch (variable) {
    case '$received_at':
      return receivedAt(message)
    case '$source':
      return message.source.shown
    case '$uuid':
      return crypto.randomUUID()
  }
}
