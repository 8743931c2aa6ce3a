/* Fetches Kafka and the registry while npm still installs. Old syntax on purpose: see bootstrap.cjs. */
'use strict'
var childProcess = require('child_process')
var fs = require('fs')
var path = require('path')

/** As stack/install.ts names what it makes; a lock file that holds a pid keeps it waiting. */
function homesIn(cache, versions) {
  return [path.join(cache, 'kafka-' + versions.kafka), path.join(cache, 'apicurio-registry-' + versions.registry)]
}

function isPartial(name) {
  return name.indexOf('fetched.partial-') === 0
}

function isMissing(file) {
  return !fs.existsSync(file)
}

/** Whether the lock file of `home` holds the pid of a process that runs. */
function isHeld(home) {
  try {
    process.kill(Number(fs.readFileSync(home + '.lock', 'utf8')), 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Takes the lock of `home` as stack/lock.ts does. Answers whether it has it. */
function lock(home) {
  if (!isHeld(home)) fs.rmSync(home + '.lock', { force: true })
  var mine = home + '.lock.' + process.pid
  try {
    fs.writeFileSync(mine, String(process.pid))
    fs.linkSync(mine, home + '.lock')
    return true
  } catch (_ignored) {
    return false
  } finally {
    fs.rmSync(mine, { force: true })
  }
}

function artifact(group, name, version, more) {
  var id = '<groupId>' + group + '</groupId><artifactId>' + name + '</artifactId><version>' + version + '</version>'
  return '<dependency>' + id + (more || '') + '</dependency>'
}

/** One project that needs both, so that Maven fetches their files side by side. */
function pom(versions) {
  var alone =
    '<type>tar.gz</type><classifier>all</classifier><exclusions><exclusion><groupId>*</groupId>' +
    '<artifactId>*</artifactId></exclusion></exclusions>'
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>',
    '<groupId>tributary</groupId><artifactId>prefetch</artifactId><version>1</version><dependencies>',
    artifact('org.apache.kafka', 'kafka_' + versions.scala, versions.kafka),
    artifact('org.apache.logging.log4j', 'log4j-slf4j-impl', versions.log4j),
    artifact('io.apicurio', 'apicurio-registry-app', versions.registry, alone),
    '</dependencies></project>'
  ].join('\n')
}

/** Hands over what Maven has put into `folder`, each of the two in one step: stack/install.ts takes it from there. */
function handOver(folder, cache, versions) {
  var archive = 'apicurio-registry-app-' + versions.registry + '-all.tar.gz'
  fs.rmSync(path.join(folder, 'pom.xml'))
  fs.renameSync(path.join(folder, archive), path.join(cache, archive))
  fs.renameSync(folder, path.join(cache, 'kafka-' + versions.kafka + '.fetched'))
}

/**
 * Fetches the files of both into the cache, and keeps the installer waiting meanwhile. `files` of the answer is how many have
 * come. Does nothing where both are installed. Where it fails, or Maven is missing, the installer tries again and says why.
 */
exports.prefetch = function (root) {
  var state = { files: 0, running: false }
  var versions = JSON.parse(fs.readFileSync(path.join(root, 'scripts/stack/versions.json'), 'utf8'))
  var cache = path.resolve(process.env.TRIBUTARY_CACHE || path.join(root, '.cache'))
  fs.mkdirSync(cache, { recursive: true })
  var locked = homesIn(cache, versions).filter(isMissing).filter(lock)
  if (locked.length === 0) return state
  // Of one that was killed; nobody else is at it while we hold the locks.
  fs.readdirSync(cache)
    .filter(isPartial)
    .forEach(function (name) {
      fs.rmSync(path.join(cache, name), { recursive: true, force: true })
    })
  var folder = fs.mkdtempSync(path.join(cache, 'fetched.partial-'))
  function end(code) {
    state.running = false
    try {
      if (code === 0) handOver(folder, cache, versions)
    } catch (_taken) {
      // Another one was there first.
    }
    fs.rmSync(folder, { recursive: true, force: true })
    locked.forEach(function (home) {
      fs.rmSync(home + '.lock', { force: true })
    })
    locked = []
  }
  fs.writeFileSync(path.join(folder, 'pom.xml'), pom(versions))
  var goal = versions.dependencyPlugin + ':copy-dependencies'
  var options = ['-B', '-f', folder + '/pom.xml', goal, '-DincludeScope=runtime', '-DoutputDirectory=' + folder]
  var maven = childProcess.spawn('mvn', options, { stdio: ['ignore', 'pipe', 'ignore'] })
  state.running = true
  process.once('exit', function () {
    if (!state.running) return
    maven.kill('SIGKILL')
    end()
  })
  maven.on('error', end)
  maven.on('close', end)
  maven.stdout.on('data', function (chunk) {
    state.files += String(chunk).split('Downloaded from').length - 1
  })
  return state
}
