// Adds what Jest counted to the steps that passed and failed, prints the sum, and ends as CI must.
//   node tools/ci-summary.mjs STEPS-PASSED STEPS-FAILED JEST-RESULTS...
import { readFileSync } from 'node:fs';

const [stepsPassed = '0', stepsFailed = '0', ...files] = process.argv.slice(2);
let passed = Number(stepsPassed);
let failed = Number(stepsFailed);
for (const file of files) {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(file, 'utf8'));
    passed += numPassedTests;
    failed += numFailedTests + numRuntimeErrorTestSuites;
  } catch {
    console.error(`the tests left no results in ${file}`);
    failed++;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
