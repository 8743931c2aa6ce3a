// Jest reporter: prints "N passed, N failed" alone on the last line, so that a script can read the outcome.
module.exports = class ClosingLine {
  onRunComplete(_contexts, results) {
    const broken = results.numRuntimeErrorTestSuites
    process.on('exit', () => {
      process.stdout.write(`\n${results.numPassedTests} passed, ${results.numFailedTests + broken} failed\n`)
    })
  }
}
