import type { Reasons } from './reason.ts';

/** What goes wrong with the state of a run. */
export const STATE_REASONS: Reasons = {
  'state.bad-key': {
    code: 'invalid-argument',
    meaning: 'A key of the store is not valid.',
    advice: 'Tell us: this is a mistake in ORK.',
  },
  'state.bad-path': {
    code: 'invalid-argument',
    meaning: 'A path into the state is empty, too long or has a key that is not allowed.',
    advice: 'Use keys of letters, digits, _ and -.',
  },
  'state.bad-value': {
    code: 'invalid-argument',
    meaning: 'A value for the state is not JSON.',
    advice: 'Tell the author of the module.',
  },
  'state.full': {
    code: 'resource-exhausted',
    meaning: 'The state of the run has reached its bound.',
    advice: 'Keep large data in files.',
  },
  'state.kernel-owned': {
    code: 'denied',
    meaning: 'A module wrote below _ork.',
    advice: 'Write to a branch of its own.',
  },
  'state.not-a-map': {
    code: 'failed-precondition',
    meaning: 'A path leads through a value that is not a map.',
    advice: 'Choose another path.',
  },
  'state.not-granted': {
    code: 'denied',
    meaning: 'The state_policy does not grant this branch.',
    advice: 'Add it to state_policy.read.',
  },
  'state.read-only': {
    code: 'denied',
    meaning: 'The state_policy is read_only.',
    advice: 'Remove access: read_only.',
  },
  'state.record-too-large': {
    code: 'resource-exhausted',
    meaning: 'A record of the store is too large.',
    advice: 'Keep large data in files.',
  },
  'state.store-closed': {
    code: 'closed',
    meaning: 'The store has been closed.',
    advice: 'Nothing: the process is ending.',
  },
  'state.value-too-deep': {
    code: 'resource-exhausted',
    meaning: 'A value for the state nests too deeply.',
    advice: 'Flatten it.',
  },
  'state.value-too-large': {
    code: 'resource-exhausted',
    meaning: 'A value for the state is larger than 1 MiB.',
    advice: 'Keep large data in files.',
  },
};
