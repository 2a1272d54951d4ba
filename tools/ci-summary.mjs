// Adds what Jest counted to the steps that passed and failed, prints the sum, and ends as CI must.
//   node tools/ci-summary.mjs JEST-RESULTS STEPS-PASSED STEPS-FAILED
import { readFileSync } from 'node:fs';

const [file = '', stepsPassed = '0', stepsFailed = '0'] = process.argv.slice(2);
let passed = Number(stepsPassed);
let failed = Number(stepsFailed);
try {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(file, 'utf8'));
  passed += numPassedTests;
  failed += numFailedTests + numRuntimeErrorTestSuites;
} catch {
  console.error('npm test left no results');
  failed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
