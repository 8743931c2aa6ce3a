/** The texts of problems at the start, by form, for docs/messages.md. Tests find new forms. */
import type { Explained } from './reasons.ts'

/** A form of texts; `<name>` stands for a value, `…` for more of the same kind. */
interface Form extends Explained {
  readonly text: string
}

/** Problems and warnings of the configuration. A text may end with more about the value. */
export const configurationProblems: readonly Form[] = [
  {
    text: '<setting> must <be …>; it is <value>',
    cause: 'The value has another type, or is out of range. A secret value and the content of a file are not shown.',
    cure: '[settings.md](settings.md) has the type of each setting.',
  },
  {
    text: '<setting> may only list <names>',
    cause: 'The list has an unknown item.',
    cure: 'Use the names in the line.',
  },
  {
    text: '<setting> is missing',
    cause: 'A required setting, or one that another setting needs, is not set.',
    cure: 'Set it; the line has the type and an example.',
  },
  {
    text: '<setting> is not a setting',
    cause:
      'An unknown variable or key. The line names a similar setting if there is one, and the line and column in a file.',
    cure: 'Correct the name, or remove it.',
  },
  {
    text: '<setting> has no effect …',
    cause: 'The setting is valid, but another setting makes it useless. In most cases this is a warning.',
    cure: 'Remove it, or set the other setting that the line names.',
  },
  {
    text: 'the <names> variables have no effect …',
    cause: 'Variables of a replaced program are set, and its toggle is not true.',
    cure: 'Set the toggle, or remove the variables.',
  },
  {
    text: '<setting> names <a file …>',
    cause:
      'A file of a `…_FILE` setting cannot be read, is empty, is no regular file, is larger than 16 MiB, or is not UTF-8. Or a variable in the value of a key is not set.',
    cure: 'Correct the path, its permissions or the content.',
  },
  {
    text: '<setting> and <setting> are <both set, the same …>',
    cause: 'Two settings exclude each other, or must differ.',
    cure: 'Keep one of them, or choose two values.',
  },
  {
    text: '<setting> is the topic of feed <feed>',
    cause: 'Dead letters or gap records would go to the topic of a feed.',
    cure: 'Choose another topic.',
  },
  {
    text: '<setting> begins and ends with <quote> …',
    cause: 'The quotes are part of the value: `docker --env-file` does not remove them. This is a warning.',
    cure: 'Remove the quotes, unless they are meant.',
  },
  {
    text: '<setting> has <a flaw>',
    cause: 'The syntax of a value or of the YAML file is wrong at this place.',
    cure: 'Correct the text; the line says how.',
  },
  {
    text: '<setting> holds <more than it may>',
    cause: 'The value, or the YAML file, is larger than its bound.',
    cure: 'Make it smaller.',
  },
  {
    text: '<file> is no valid YAML …',
    cause:
      'The YAML file cannot be parsed. Other texts name the flaw: `is indented in a way that is no valid YAML`, `is more than 32 levels deep`.',
    cure: 'Correct the file at the line and column.',
  },
  {
    text: 'the registry gets its secret unencrypted …',
    cause: 'Credentials are sent to an `http://` registry. This is a warning.',
    cure: 'Use `https://`.',
  },
  {
    text: '<setting> cannot change while the daemon runs',
    cause: 'A reload found a change of Kafka, the registry, the lanes or the port.',
    cure: 'Restart the daemon, or undo the change.',
  },
  {
    text: 'No feed <is configured …>',
    cause: 'No feed has URLS, and no preset is enabled.',
    cure: 'Configure a feed: `FEED_<NAME>_URLS` and `FEED_<NAME>_SCHEMA`.',
  },
]

/** Why a lane on disk, or its directory, cannot be used. Most follow on `the lane of feed <feed> in <folder> cannot be used: `. */
export const laneProblems: readonly Form[] = [
  {
    text: 'it is damaged: <what>',
    cause: 'A checksum, a sum or a block does not match. The lane is left as it is.',
    cure: '`tributary lane export FEED` saves what can be read, `tributary lane discard FEED --yes` gives the lane up.',
  },
  {
    text: 'it holds blocks of format <number>, which this version cannot read',
    cause: 'A newer version wrote the lane.',
    cure: 'Run that version until the lane is empty.',
  },
  {
    text: 'its sums have format <number>, which this version cannot read',
    cause: 'A newer version wrote the lane.',
    cure: 'Run that version until the lane is empty.',
  },
  {
    text: '<it, LANE_DIR …> cannot be <read, written to, locked> (<code>)',
    cause: 'Permissions, a full or read-only disk, or a part of the path that is no directory.',
    cure: 'Do what the line says; it names user, group and command.',
  },
  {
    text: 'LANE_DIR <path> has not answered for <seconds> s',
    cause: 'The disk or the network file system behind the path hangs.',
    cure: 'Repair it, or choose another `LANE_DIR`.',
  },
  {
    text: 'LANE_DIR <path> could not be tried out (<code>)',
    cause: 'The process that tries the directory ended.',
    cure: 'Check the limits of processes and memory.',
  },
  {
    text: 'another process <…> uses it',
    cause: 'Another daemon, or a `tributary lane` command, has the lane.',
    cure: 'Stop the other process, or choose another `LANE_DIR`.',
  },
  {
    text: 'its path is too long for a lock …',
    cause: 'The path of a socket has a bound of about 100 bytes.',
    cure: 'Choose a shorter `LANE_DIR`.',
  },
  {
    text: 'its lock cannot be tried (<code>) …',
    cause: "The lock exists and cannot be connected to; often it is another user's.",
    cure: 'Run as the same user, or stop the other process.',
  },
  {
    text: '<file> in it is no file',
    cause: 'Something else is in the place of the lane.',
    cure: 'Remove it, or choose another `LANE_DIR`.',
  },
  {
    text: 'nothing could be read of it for <seconds> s',
    cause: 'The disk hangs.',
    cure: 'Repair the disk.',
  },
  {
    text: 'its disk fails, and this process must start anew',
    cause: 'A write failed in a way that damages the memory of the process.',
    cure: 'Restart the daemon; repair the disk.',
  },
  {
    text: 'there is no lane of feed <feed> in <path>',
    cause: 'The name given to `tributary lane` has no lane.',
    cure: '`tributary lane list` shows all lanes.',
  },
  {
    text: 'a lane on disk needs a LANE_DIR',
    cause: 'The lane on disk was chosen without a directory.',
    cure: 'Set `LANE_DIR`.',
  },
]
