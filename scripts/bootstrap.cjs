/* Runs a script with Node 24 whatever Node is installed. Old syntax on purpose: the oldest Node must be able to read it. */
'use strict'
var childProcess = require('child_process')
var fs = require('fs')
var path = require('path')
var prefetch = require('./prefetch.cjs').prefetch

var INSTALL_MIN = [20, 0]
var RUN_MIN = [24, 0]
var root = path.resolve(__dirname, '..')
var modules = path.join(root, 'node_modules')

/** Ends with a sentence and its cure. 78: this installation is not as it should be. */
function fail(sentence, cure) {
  process.stderr.write(sentence + '\n  ' + cure + '\n')
  process.exit(78)
}

/** Whether a version such as `v20.1.0` is at least [major, minor]. */
function atLeast(version, least) {
  var parts = version.replace(/^v/, '').split('.').map(Number)
  return parts[0] > least[0] || (parts[0] === least[0] && parts[1] >= least[1])
}

var GET_NODE =
  'Get a current one from https://nodejs.org/en/download, with `nvm install 24`, or from your package manager.'

function isInstalled() {
  return fs.existsSync(path.join(modules, '.package-lock.json'))
}

/** npm writes node_modules/.package-lock.json last, so its time is that of the last complete installation. */
function isStale() {
  if (!isInstalled()) return true
  var installed = fs.statSync(path.join(modules, '.package-lock.json')).mtime
  return installed < fs.statSync(path.join(root, 'package-lock.json')).mtime
}

/** Runs `npm ci`, showing that it is alive; then calls `next`. */
function install(next) {
  if (!atLeast(process.version, INSTALL_MIN)) {
    fail(
      'This is Node ' + process.version + '; Tributary needs Node ' + INSTALL_MIN[0] + ' or newer to install.',
      GET_NODE
    )
  }
  var found = childProcess.spawnSync('npm', ['--version'])
  if (found.error || found.status !== 0) fail('npm is not in the PATH; it comes with Node.', GET_NODE)
  var fetched = prefetch(root)
  if (!isStale()) return next()
  var startedAt = Date.now()
  var shown = 'Installing packages with npm ci'
  process.stderr.write(shown + ' (a minute or less) …\n')
  var output = ''
  // Told to stop, whatever was begun here ends, too.
  var stops = ['SIGINT', 'SIGTERM', 'SIGHUP']
  function stop() {
    process.exit(130)
  }
  stops.forEach(function (signal) {
    process.on(signal, stop)
  })
  var npm = childProcess.spawn('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  npm.stdout.on('data', keep)
  npm.stderr.on('data', keep)
  function keep(chunk) {
    output = (output + chunk).slice(-4000)
  }
  function elapsed() {
    return Math.round((Date.now() - startedAt) / 1000) + ' s'
  }
  var ticker = setInterval(
    function () {
      var beside = fetched.running ? '; Kafka and the registry: ' + fetched.files + ' files' : ''
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[K' + shown + ' … ' + elapsed() + beside)
      else process.stderr.write('  still installing, ' + elapsed() + beside + '\n')
    },
    process.stderr.isTTY ? 1000 : 10000
  )
  npm.on('close', function (code) {
    clearInterval(ticker)
    stops.forEach(function (signal) {
      process.removeListener(signal, stop)
    })
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
    if (code !== 0) {
      process.stderr.write(output.split('\n').slice(-12).join('\n') + '\n')
      fail(
        'npm ci ended with ' + code + '.',
        'Its last lines are above. Check the connection to the npm registry, then run this again.'
      )
    }
    process.stderr.write('Packages installed in ' + elapsed() + '.\n')
    next()
  })
}

/** Node 24 from the `node` package; this very Node if that one does not run here and this one is new enough. */
function findNode() {
  var own = path.join(modules, '.bin', 'node')
  var answer = childProcess.spawnSync(own, ['--version'], { encoding: 'utf8' })
  if (!answer.error && answer.status === 0 && atLeast(answer.stdout, RUN_MIN)) return own
  if (atLeast(process.version, RUN_MIN)) return process.execPath
  return fail(
    'Node ' +
      RUN_MIN[0] +
      ' or newer is needed; this is ' +
      process.version +
      ', and the `node` package in node_modules does not run.',
    'Run `npm ci` (its install scripts must be allowed), or install Node 24: ' + GET_NODE
  )
}

// The shell becomes the script (same pid). Its background half waits on a pipe that we hold and asks the script to stop
// when we are gone, so that not even kill -9 leaves a stack running behind.
var GUARDED = '{ read -r word <&3; [ "$word" = ended ] || kill -TERM $$; } >/dev/null 2>&1 & exec "$@" 3<&-'
var FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH']

// A Ctrl-C reaches us from the terminal and again from npm: the same signal within this time is the same key press.
var SAME_PRESS_MS = 250

/** Runs the script in a process group of its own, passes signals on, and ends as it ends. */
function run(args) {
  var command = [findNode()].concat(args)
  var child = childProcess.spawn('sh', ['-c', GUARDED, 'sh'].concat(command), {
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'pipe']
  })
  var last = {}
  child.stdio[3].on('error', function () {})
  child.on('error', function (error) {
    fail('The script did not start: ' + error.message, 'A POSIX `sh` is needed.')
  })
  FORWARDED.forEach(function (signal) {
    process.on(signal, function () {
      var now = Date.now()
      if (signal !== 'SIGWINCH' && now - (last[signal] || 0) < SAME_PRESS_MS) return
      last[signal] = now
      child.kill(signal)
    })
  })
  process.on('SIGTSTP', function () {
    child.kill('SIGSTOP')
    process.kill(process.pid, 'SIGSTOP')
  })
  process.on('SIGCONT', function () {
    child.kill('SIGCONT')
  })
  child.on('exit', function (code, signal) {
    child.stdio[3].end('ended\n')
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
    setTimeout(function () {
      process.exit(1)
    }, 1000)
  })
}

var form = process.argv[2]
var rest = process.argv.slice(3)
if (form === '--install' && rest.length > 0) {
  install(function () {
    run(rest)
  })
} else if (form === '--run' && rest.length > 0) {
  if (!isInstalled()) fail('The packages are not installed.', 'Run `npm ci` first.')
  run(rest)
} else {
  fail(
    'This runs the scripts of package.json.',
    'Usage: node scripts/bootstrap.cjs --install SCRIPT [ARGS] | --run [NODE FLAGS] SCRIPT [ARGS]'
  )
}
