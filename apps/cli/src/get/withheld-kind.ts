import { WithheldStep } from '../hub/answers.js';
import { defineKind } from './resource-kind.js';

/** The steps of a cluster's plan that are called for and held back. */
export const withheldKind = defineKind<WithheldStep>({
  path: 'plan',
  schema: WithheldStep,
  nameOf: ({ targetGroup }) => `targetgroup/${targetGroup}`,
  namesOf: ({ targetGroup }) => [targetGroup],
  columns: [
    { header: 'NAMESPACE', cell: ({ namespace }) => namespace },
    { header: 'EXPORT', cell: (step) => step.export },
    { header: 'STEP', cell: ({ step }) => step },
    { header: 'TARGET-GROUP', cell: ({ targetGroup }) => targetGroup },
    { header: 'REASON', cell: ({ reason }) => ({ text: reason, tone: 'warn' }) },
    { header: 'RELEASED', cell: ({ release }) => release },
    { header: 'ACKNOWLEDGE', isWide: true, cell: ({ needsAcknowledgement }) => (needsAcknowledgement ? 'needed' : 'no') },
    { header: 'DETAIL', isWide: true, cell: ({ detail }) => detail },
  ],
});
